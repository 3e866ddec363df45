/** Where a server listens, as it is written: host and port. */
import { isIPv6 } from 'node:net'

/** A host is a name or an address; an IPv6 address stands without its brackets here. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Gives host and port of `127.0.0.1:2802`, `node-1:2802` or `[::1]:2802`; undefined when it is none. */
export function parseListen(text: string): ListenAddress | undefined {
  const match = /^(?:\[([^\]]+)\]|([A-Za-z0-9][A-Za-z0-9.-]{0,252})):(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const [, ipv6, name, digits] = match
  const port = Number(digits)
  if (port > 65_535 || (ipv6 !== undefined && !isIPv6(ipv6))) return undefined
  return { host: ipv6 ?? name!, port }
}
