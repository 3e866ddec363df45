/** Connects once, with the TLS handshake, and sends nothing: can a server be reached, and does it take our certificate? */
import { connect, type Socket } from 'node:net'
import { type SecureContext, connect as tlsConnect } from 'node:tls'
import { hostOf, portOf, serverNameOf } from './address.ts'

export interface ProbeOptions {
  readonly url: URL
  readonly timeoutMs: number
  readonly secureContext: SecureContext | undefined
  /** The name that the certificate must be for; the host in url when undefined. */
  readonly serverName: string | undefined
  /** A tunnel to the server, through which TLS is spoken instead of over a connection of its own. */
  readonly tunnel?: Socket | undefined
}

/** A server that refuses our certificate says so after the handshake (RFC 8446, section 4.4): so long it is waited. */
const verdictMs = 500

/**
 * Resolves once the server is known to be there.
 *
 * @throws the error of the network or of TLS; the signal's reason when that aborts.
 */
export async function probe(options: ProbeOptions, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timers = [setTimeout(() => reject(timedOut()), options.timeoutMs)]
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort)
  const socket = open(options)
  socket.once('error', reject)
  socket.once('close', () => reject(closed()))
  if (options.url.protocol === 'http:') socket.once('connect', resolve)
  else {
    // With TLS 1.3 the first session ticket comes once the server has seen our certificate.
    socket.once('session', () => resolve())
    socket.once('secureConnect', () => timers.push(setTimeout(resolve, verdictMs)))
    socket.resume()
  }
  try {
    await promise
  } finally {
    for (const timer of timers) clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    socket.on('error', () => {}).destroy()
  }
}

function open({ url, secureContext, serverName, tunnel }: ProbeOptions): Socket {
  const address = { host: hostOf(url), port: portOf(url) }
  if (url.protocol === 'http:') return connect(address)
  return tlsConnect({
    ...address,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
    ...(tunnel && { socket: tunnel }),
    ...(secureContext && { secureContext }),
    servername: serverName ?? serverNameOf(address.host)
  })
}

function timedOut(): Error {
  return Object.assign(new Error('no connection in time'), { code: 'UND_ERR_CONNECT_TIMEOUT' })
}

function closed(): Error {
  return Object.assign(new Error('the connection was closed'), { code: 'UND_ERR_SOCKET' })
}
