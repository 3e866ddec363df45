/** The HTTP or HTTPS server of the sink, and why it may not start. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { messageOf, TercelError } from '../../base/errors.ts'

/** PEM. */
export interface ServerTls {
  readonly cert: string | Buffer
  readonly key: string | Buffer
  readonly clientCa?: string | Buffer
}

/** @throws TercelError when certificate and key are of no use. */
export function makeServer(tls: ServerTls | undefined, listener: RequestListener): Server {
  const keepAliveTimeout = 60_000
  if (tls === undefined) return createServer({ keepAliveTimeout }, listener)
  const { cert, key, clientCa: ca } = tls
  const demand = ca !== undefined
  try {
    return createSecureServer(
      { keepAliveTimeout, cert, key, ca, requestCert: demand, rejectUnauthorized: demand },
      listener
    )
  } catch (cause) {
    const message = `the certificate (--tls-cert) and key (--tls-key) cannot be used: ${messageOf(cause)}`
    throw new TercelError('TERCEL_CONFIG', message, { cause })
  }
}

const listenFailures: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'permission denied'
}

/** Why a port cannot be listened on, in words. */
export function listenFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return listenFailures[code] ?? messageOf(error)
}
