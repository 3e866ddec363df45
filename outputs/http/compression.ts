/**
 * Compresses bodies, on the thread pool: a large batch does not keep the event loop. At zlib's own level, 6: on alerts
 * the lower ones are hardly faster, and 9 takes five times as long for a twentieth less.
 */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

export type Compression = 'none' | 'gzip'

/** Smaller bodies fit into a packet as they are. */
const leastBytes = 1024

const compress = promisify(gzip)

/** The body in gzip; undefined where it is too small to be worth it. */
export async function gzipped(body: string | Uint8Array): Promise<Buffer | undefined> {
  if (Buffer.byteLength(body) < leastBytes) return undefined
  return await compress(body)
}
