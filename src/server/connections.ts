/** A server's connections: how many there may be, and what each may ask at a time. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'

const most = 100

/** Milliseconds, and bytes. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 2_000,
  // Longer than the pause between the scrapes of most, so that they keep their connection.
  keepAliveTimeout: 75_000,
  maxHeaderSize: 8 * 1024
}

/** A connection on which nothing moves for so long is ended; milliseconds. */
const silentMs = 60_000

/**
 * A server that stays open to new clients, whatever others do: at its limit the connection goes on which nothing has been
 * asked for the longest time, or, where all are busy, the one that has been for the longest time. So a crowd of clients that
 * neither speak nor read keeps no probe out.
 */
export function createLimitedServer(handler: RequestListener): Server {
  /** Without a request and with one, each in the order in which they became so. */
  const idle = new Set<Socket>()
  const busy = new Set<Socket>()
  const server = createServer(limits, (request, response) => {
    const { socket } = request
    // The next request before the answer (pipelining): thousands in one packet would hold up all that this thread does.
    if (busy.has(socket)) return void socket.destroy()
    idle.delete(socket)
    busy.add(socket)
    response.once('close', () => {
      busy.delete(socket)
      if (!socket.destroyed) idle.add(socket)
    })
    handler(request, response)
  })
  server.setTimeout(silentMs)
  server.on('connection', (socket: Socket) => {
    const [oldest] = idle.size > 0 ? idle : busy
    if (idle.size + busy.size >= most) oldest?.destroy()
    idle.add(socket)
    socket.once('close', () => {
      idle.delete(socket)
      busy.delete(socket)
    })
  })
  return server
}
