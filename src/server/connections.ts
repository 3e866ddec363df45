/** The limit on a server's connections. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Keeps a server open to new clients, whatever others do: at the limit the connection goes on which nothing has been asked
 * for the longest time. So a crowd of silent clients keeps no probe out.
 */
export function limitConnections(server: Server, most: number): void {
  /** Those without a request, the longest first. */
  const idle = new Set<Socket>()
  let open = 0
  server.on('connection', (socket: Socket) => {
    open += 1
    idle.add(socket)
    socket.once('close', () => {
      open -= 1
      idle.delete(socket)
    })
    // Where all the others are busy, it is the new one.
    if (open > most) for (const oldest of idle) return void oldest.destroy()
  })
  server.on('request', ({ socket }, response) => {
    idle.delete(socket)
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket)
    })
  })
}
