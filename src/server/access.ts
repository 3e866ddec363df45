/** Who may ask the API over HTTP for what. Pure. (Over the socket everything is allowed: the kernel has seen to who asks.) */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { ErrorAnswer } from './api-types.ts'

/** What of a request decides. */
export interface Asking {
  readonly method: string
  /** The address of the far end of the connection. */
  readonly peer: string | undefined
  readonly host: string | undefined
  readonly origin: string | undefined
  /** What a browser says of who asks: `sec-fetch-site`. Nothing else sends it. */
  readonly fetchSite: string | undefined
  readonly authorization: string | undefined
  /** It came through a proxy, so `peer` does not say where from. */
  readonly forwarded: boolean
}

export interface Refusal {
  readonly status: 401 | 403
  readonly error: ErrorAnswer['error']
  readonly message: string
}

const setToken = 'set server.token in the configuration and send it as authorization: Bearer TOKEN'

const sendToken = 'send the token of server.token as authorization: Bearer TOKEN'

/**
 * Why a request is refused; undefined when it is not. Where a token is configured, everything needs it and is allowed with
 * it: behind a proxy on this machine all of the network looks like this machine. Where none is, this machine may read. A
 * browser on it asks for whoever wrote the page that it shows: so what is asked has to name this machine as the one it
 * asks (against DNS rebinding), and must not come from another site's page.
 *
 * @param token the one of the configuration, if there is one.
 */
export function refusalOf(asking: Asking, token: string | undefined): Refusal | undefined {
  return token === undefined ? refusalWithoutToken(asking) : refusalWithToken(asking, token)
}

function refusalWithToken({ authorization }: Asking, token: string): Refusal | undefined {
  if (authorization === undefined) return unauthorized(`over HTTP the API needs its token: ${sendToken}`)
  return isToken(authorization, token) ? undefined : unauthorized(`this is not the token: ${sendToken}`)
}

function refusalWithoutToken(asking: Asking): Refusal | undefined {
  if (asking.authorization !== undefined) return unauthorized(`no token is configured: ${setToken}`)
  if (!isLoopback(asking.peer) || asking.forwarded)
    return unauthorized(`from elsewhere the API needs a token: ${setToken}`)
  if (!isLoopbackName(asking.host)) {
    return forbidden('without a token the API answers only to the names localhost, 127.0.0.1 and [::1]')
  }
  if (isOfOtherSite(asking)) return forbidden('without a token the API does not answer the pages of other sites')
  if (asking.method === 'GET' || asking.method === 'HEAD') return undefined
  const socket = 'use the control socket, as the commands of tercel do'
  return forbidden(`without a token the API is read-only: ${socket}, or ${setToken}`)
}

/** Browsers send no `Origin` for images and the like, which would tie the server up as well. */
function isOfOtherSite({ host, origin, fetchSite = 'none' }: Asking): boolean {
  return (origin !== undefined && origin !== `http://${host}`) || !['none', 'same-origin'].includes(fetchSite)
}

function unauthorized(message: string): Refusal {
  return { status: 401, error: 'unauthorized', message }
}

function forbidden(message: string): Refusal {
  return { status: 403, error: 'forbidden', message }
}

/** In a time that does not tell how much of it is right. */
function isToken(authorization: string, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  return given !== undefined && timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address))
}

function isLoopbackName(host: string | undefined): boolean {
  return host !== undefined && /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/i.test(host)
}
