/** What an operator has to look at when a status holds the alerts. */
import type { TransportSettings } from './transport.ts'

export interface AdviceFacts extends Pick<TransportSettings, 'auth' | 'compression'> {
  /** The settings that hold the credentials, where it is not auth. */
  readonly credentials: string
  /** The proxy that forwards requests, if any. */
  readonly via: string | undefined
  /** The host where a redirect leads; empty when that is unknown. */
  readonly redirectedTo: string
}

export function adviceFor(status: number, { auth, credentials, compression, via, redirectedTo }: AdviceFacts): string {
  if (status === 407) return via === undefined ? 'a proxy answers there: check url' : 'check proxy.auth'
  if (status === 401 || status === 403) return `check the credentials in ${auth === undefined ? credentials : 'auth'}`
  if (status === 404 || status === 405 || status === 410) return 'check url and method'
  if (status === 415 && compression === 'gzip') return 'it may not take gzip: set compression: none'
  if (status < 300 || status >= 400) return ''
  const where = redirectedTo === '' ? '' : `, here to ${redirectedTo}`
  return `redirects are not followed${where}, because credentials would go along: set url to where it leads`
}
