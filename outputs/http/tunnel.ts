/** A connection through an HTTP proxy: CONNECT (RFC 9110, section 9.3.6). */
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { hostOf, portOf, serverNameOf } from './address.ts'
import { type HttpProxy, ProxyError } from './proxy.ts'

export interface TunnelOptions {
  readonly proxy: HttpProxy
  /** For a proxy with https://. */
  readonly secureContext: SecureContext | undefined
  readonly timeoutMs: number
}

/**
 * Opens a tunnel to the host and port of `target`; what is spoken in it is the caller's.
 *
 * @throws ProxyError when the proxy cannot be reached or refuses; the signal's reason when that aborts.
 */
export async function openTunnel(target: URL, options: TunnelOptions, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const { proxy } = options
  const request = makeRequest(target, options)
  const timer = setTimeout(() => request.destroy(timedOut()), options.timeoutMs)
  const abort = () => request.destroy()
  signal.addEventListener('abort', abort)
  request.once('connect', (response: IncomingMessage, socket: Socket, head: Buffer) => {
    const { statusCode: status = 0, headers } = response
    if (status >= 200 && status < 300) {
      socket.unshift(head)
      return resolve(socket)
    }
    socket.on('error', () => {}).destroy()
    reject(new ProxyError(proxy, { status, retryAfter: headers['retry-after'] }))
  })
  request.on('error', cause => reject(new ProxyError(proxy, { cause })))
  request.end()
  try {
    const socket = await promise
    if (signal.aborted) socket.on('error', () => {}).destroy()
    signal.throwIfAborted()
    return socket
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

function makeRequest(target: URL, { proxy, secureContext }: TunnelOptions) {
  const { url, tls } = proxy
  const host = hostOf(url)
  const authority = `${target.hostname}:${portOf(target)}`
  const options = {
    host,
    port: portOf(url),
    method: 'CONNECT',
    path: authority,
    agent: false as const,
    headers: ['host', authority, ...proxy.headers]
  }
  if (url.protocol === 'http:') return plainRequest(options)
  return tlsRequest({
    ...options,
    rejectUnauthorized: true,
    ...(secureContext && { secureContext }),
    // Node would take the target's name from the header host.
    servername: tls.server_name ?? serverNameOf(host)
  })
}

function timedOut(): Error {
  return Object.assign(new Error('no tunnel in time'), { code: 'UND_ERR_CONNECT_TIMEOUT' })
}
