/** Reads small text files that a person wrote. */
import { open } from 'node:fs/promises'

export type ReadFile = (path: string) => Promise<Uint8Array>

/** No configuration or secret is larger; the limit keeps a mistaken path such as /dev/zero from filling the memory. */
const maxBytes = 1 << 20

/** Reads a whole file of at most 1 MiB. Works for pipes, which have no size. */
export async function readSmallFile(path: string): Promise<Uint8Array> {
  await using file = await open(path)
  const buffer = Buffer.alloc(maxBytes + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length)
    if (bytesRead === 0) return buffer.subarray(0, length)
    length += bytesRead
    if (length > maxBytes) throw new Error('it is larger than 1 MiB')
  }
}

/** Decodes UTF-8 strictly; gives the position of the first byte that is not UTF-8 instead of throwing. */
export function decodeText(bytes: Uint8Array): { text: string } | { line: number; column: number } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    const lossy = new TextDecoder().decode(bytes)
    // The replacement character may stand in the file itself; then the first one that re-encodes to other bytes counts.
    const index = firstBadCharacter(bytes, lossy)
    const before = lossy.slice(0, index)
    return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') }
  }
}

function firstBadCharacter(bytes: Uint8Array, lossy: string): number {
  const encoded = new TextEncoder().encode(lossy)
  const start = hasByteOrderMark(bytes) ? 3 : 0
  let offset = 0
  while (offset < encoded.length && encoded[offset] === bytes[offset + start]) offset++
  // A bad byte may share the first byte of U+FFFD (0xEF): step back to the start of the character.
  while (offset > 0 && (encoded[offset]! & 0xc0) === 0x80) offset--
  return new TextDecoder().decode(encoded.subarray(0, offset)).length
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}
