/** Values of fields and constants, in the plainest form that can be compared. */

export type Value =
  | { readonly kind: 'text' | 'buffer'; readonly bytes: string }
  | { readonly kind: 'number'; readonly number: bigint }
  | { readonly kind: 'truth'; readonly truth: boolean }
  /** A network as the bits that its addresses begin with; an address alone has all of them. */
  | { readonly kind: 'address'; readonly size: 32 | 128; readonly bits: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }

export function textValue(text: string): Value {
  return { kind: 'text', bytes: toBytes(text) }
}

/** UTF-8, one character a byte. */
export function toBytes(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text))
}

/** A value of a field of one of the types of the registry, as a map of fields gives it. */
export function givenValue(given: unknown, type: string): Value | undefined {
  if (given === undefined || given === null) return undefined
  switch (type) {
    case 'CHARBUF':
      return textValue(String(given))
    case 'BYTEBUF':
      return { kind: 'buffer', bytes: fromHex(String(given)) }
    case 'BOOL':
      return { kind: 'truth', truth: given === true }
    case 'IPADDR':
    case 'IPNET':
      return network(String(given))
    default:
      return { kind: 'number', number: BigInt(given as string | number) }
  }
}

/** The constant that a text stands for where it is compared with a value of this kind. */
export function constantOf(bytes: string, kind: Value['kind']): Value {
  switch (kind) {
    case 'number':
      return { kind, number: bytes.startsWith('-') ? -BigInt(bytes.slice(1)) : BigInt(bytes) }
    case 'truth':
      return { kind, truth: bytes === 'true' }
    case 'address':
      return network(bytes)
    case 'list':
      return { kind: 'text', bytes }
    default:
      return { kind, bytes }
  }
}

export function fromHex(digits: string): string {
  return (digits.match(/../g) ?? []).map(pair => String.fromCharCode(Number.parseInt(pair, 16))).join('')
}

function network(text: string): Value {
  const [address = '', length] = text.split('/')
  const size = address.includes(':') ? 128 : 32
  const bits = size === 32 ? bitsOf(address.split('.').map(Number), 8) : bitsOf(groups(address), 16)
  return { kind: 'address', size, bits: bits.slice(0, length === undefined ? size : Number(length)) }
}

/** The eight groups of an IPv6 address, whose last two may be written as IPv4. */
function groups(address: string): number[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const pair = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16)
    return `${pair(a, b)}:${pair(c, d)}`
  })
  const [head = '', tail] = plain.split('::')
  const parts = (text: string) => (text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16)))
  if (tail === undefined) return parts(head)
  const zeros = 8 - parts(head).length - parts(tail).length
  return [...parts(head), ...Array.from({ length: zeros }, () => 0), ...parts(tail)]
}

function bitsOf(numbers: readonly number[], width: number): string {
  return numbers.map(number => number.toString(2).padStart(width, '0')).join('')
}
