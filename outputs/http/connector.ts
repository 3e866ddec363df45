/** Makes the connections of an HTTP client: to a server, to a proxy, or through a proxy to a server. */
import type { SecureContext } from 'node:tls'
import { buildConnector } from 'undici'
import { hostOf, serverNameOf } from './address.ts'
import { openTunnel, type TunnelOptions } from './tunnel.ts'

export interface ConnectorOptions {
  /** How long a connection may take, with its TLS handshake; as long again for a tunnel. */
  readonly timeoutMs: number
  readonly secureContext: SecureContext | undefined
  /** The name that the certificate must be for; the host in the URL when undefined. */
  readonly serverName: string | undefined
  /** Without it the connection is direct. */
  readonly tunnel?: TunnelOptions
}

/** @param signal ends tunnels that are still being opened. */
export function makeConnector(options: ConnectorOptions, signal: AbortSignal): buildConnector.connector {
  const { timeoutMs: timeout, secureContext, serverName, tunnel } = options
  // Set here, since Node would take it from the environment (NODE_TLS_REJECT_UNAUTHORIZED).
  const connect = buildConnector({
    timeout,
    allowH2: false,
    rejectUnauthorized: true,
    ...(secureContext && { secureContext })
  })
  const guarded: buildConnector.connector = (target, callback) =>
    // undici takes the name from the header host, which names the target also where the connection is to a proxy.
    connect({ ...target, servername: serverName ?? serverNameOf(hostOf(target)) }, (...result) => {
      const [, socket] = result
      // With an alert the server also ends the connection, and undici would tell only of the end.
      socket?.on('error', () => socket.destroy())
      callback(...result)
    })
  if (tunnel === undefined) return guarded
  return (target, callback) => {
    const { protocol, hostname, port } = target
    const url = new URL(`${protocol}//${hostname}:${port || 443}`)
    openTunnel(url, tunnel, signal).then(
      httpSocket => guarded({ ...target, httpSocket }, callback),
      (error: Error) => callback(error, null)
    )
  }
}
