/** The section `server`: from what is written to what it means. */
import { join } from 'node:path'
import type { Tree } from './document.ts'
import type { Finding } from './explain.ts'
import { maxSocketPath } from './formats.ts'
import { parseListen } from './listen.ts'
import type { RawServer, ServerConfig } from './server-schema.ts'

/**
 * @param spoolDirectory an absolute path.
 * @param absolute makes one of a path that starts at the folder of the configuration.
 */
export function toServer(raw: RawServer, spoolDirectory: string, absolute: (path: string) => string): ServerConfig {
  return {
    enabled: raw.enabled,
    listen: parseListen(raw.listen)!,
    token: raw.token,
    socket: raw.socket === undefined ? join(spoolDirectory, 'control.sock') : absolute(raw.socket),
    outputFailingSeconds: raw.output_failing_seconds
  }
}

/** Whether the kernel takes the path of the control socket, in a tree that fits the schema. */
export function checkControlSocket(tree: Tree, absolute: (path: string) => string): Finding[] {
  const { server, spool } = tree as unknown as { server: RawServer; spool: { directory: string } }
  const { enabled, socket } = toServer(server, absolute(spool.directory), absolute)
  const bytes = Buffer.byteLength(socket)
  if (!enabled || bytes <= maxSocketPath) return []
  const [pointer, what, remedy] =
    server.socket === undefined
      ? ['/spool/directory', 'the path of the control socket in it', 'set server.socket to a shorter one']
      : ['/server/socket', 'the whole path', 'choose a shorter one']
  const message = `${what} has ${bytes} bytes, and a Unix socket takes ${maxSocketPath}: ${remedy}`
  return [{ pointer, at: 'value', message }]
}
