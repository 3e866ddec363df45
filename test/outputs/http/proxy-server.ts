/** An HTTP proxy for tests: it opens tunnels and forwards requests, keeps what it was asked, and refuses as it is told. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface ProxyServer {
  /** Scheme, host and port. */
  readonly url: string
  /** Method, target and `proxy-authorization` of each request. */
  readonly asked: { readonly method: string; readonly target: string; readonly authorization: string | undefined }[]
  /** What it answers instead of doing its work: a whole HTTP answer, or nothing at all and the end of the connection. */
  answer: string | undefined
  /** How many connections from clients are open. */
  readonly open: () => number
}

/** Starts one that ends with the test. */
export async function openProxy(
  t: TestContext,
  tls?: { readonly cert: Buffer; readonly key: Buffer }
): Promise<ProxyServer> {
  const server: Server = tls === undefined ? createServer() : createSecureServer(tls)
  const sockets = new Set<Socket>()
  const asked: ProxyServer['asked'] = []
  const note = ({ method = '', url = '', headers }: IncomingMessage) =>
    asked.push({ method, target: url, authorization: headers['proxy-authorization'] })
  const clients = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}))
    clients.add(socket.on('close', () => clients.delete(socket)))
  })
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    note(incoming)
    socket.on('error', () => {})
    if (proxy.answer !== undefined) return socket.end(proxy.answer)
    const { hostname, port } = new URL(`http://${incoming.url}`)
    const upstream = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(upstream).pipe(socket)
    })
    sockets.add(upstream)
    upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
    socket.on('close', () => upstream.destroy())
    return undefined
  })
  server.on('request', (incoming, response) => {
    note(incoming)
    if (proxy.answer !== undefined) return incoming.socket.end(proxy.answer)
    const { method, headers, url } = incoming
    const onward = request(url!, { method, headers }, answer => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.writeHead(502).end())
    return incoming.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const proxy: ProxyServer = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    answer: undefined,
    open: () => clients.size
  }
  return proxy
}
