/** Addresses and networks: 4 or 16 bytes in network order, one character a byte, as events have them. */

import { isIPv4, isIPv6 } from 'node:net'

export interface Network {
  readonly address: string
  /** Length of the prefix in bits. */
  readonly bits: number
}

/** `10.0.0.0/8`, `fd00::/8`, or an address alone, which is a network of one; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const bytes = parseAddress(address)
  if (bytes === undefined || rest.length > 0) return undefined
  if (length === undefined) return { address: bytes, bits: bytes.length * 8 }
  if (!/^\d{1,3}$/.test(length) || Number(length) > bytes.length * 8) return undefined
  return { address: bytes, bits: Number(length) }
}

/** A test of membership in any of the networks; an address of the other family is in none. */
export function networkMatcher(networks: readonly Network[]): (address: string) => boolean {
  const single = new Set(networks.filter(isSingle).map(({ address }) => address))
  const wide = networks.filter(network => !isSingle(network))
  if (wide.length === 0) return address => single.has(address)
  return address => single.has(address) || wide.some(network => contains(network, address))
}

function isSingle({ address, bits }: Network): boolean {
  return bits === address.length * 8
}

function contains({ address: network, bits }: Network, address: string): boolean {
  if (address.length !== network.length) return false
  const whole = bits >> 3
  for (let index = 0; index < whole; index++) {
    if (address.charCodeAt(index) !== network.charCodeAt(index)) return false
  }
  const rest = 8 - (bits & 7)
  return rest === 8 || address.charCodeAt(whole) >> rest === network.charCodeAt(whole) >> rest
}

function parseAddress(text: string): string | undefined {
  if (isIPv4(text)) return String.fromCharCode(...text.split('.').map(Number))
  if (!isIPv6(text) || text.includes('%')) return undefined
  const [head = '', tail] = text.split('::')
  const left = groupBytes(head)
  const right = tail === undefined ? '' : groupBytes(tail)
  return left + '\0'.repeat(16 - left.length - right.length) + right
}

/** Groups of 16 bits, of which the last may be an IPv4 address. */
function groupBytes(text: string): string {
  if (text === '') return ''
  return text
    .split(':')
    .map(group => {
      if (group.includes('.')) return parseAddress(group) ?? ''
      const value = Number.parseInt(group, 16)
      return String.fromCharCode(value >> 8, value & 0xff)
    })
    .join('')
}
