/** Transformers, written from what they are said to do; undefined stands for a missing value. */

import type { TransformerCall } from '../../../rules/engine/ast.ts'
import type { Value } from './naive-values.ts'

/** What an argument stands for: a tuple stands for a list, whose parts may be missing. */
export type Argument = Value | readonly (Value | undefined)[] | undefined

export function transformed({ name, index }: TransformerCall, args: readonly Argument[]): Value | undefined {
  if (args.includes(undefined)) return undefined
  const [first, second] = args as [Value, Value]
  switch (name) {
    case 'tolower':
      return text(bytesOf(first).replace(/[A-Z]/g, letter => letter.toLowerCase()))
    case 'toupper':
      return text(bytesOf(first).replace(/[a-z]/g, letter => letter.toUpperCase()))
    case 'basename':
      return text(bytesOf(first).split('/').at(-1)!)
    case 'len':
      return { kind: 'number', number: BigInt(first.kind === 'list' ? first.items.length : bytesOf(first).length) }
    case 'b64': {
      const decoded = decodeBase64(bytesOf(first))
      return decoded === undefined ? undefined : ({ ...first, bytes: decoded } as Value)
    }
    case 'concat':
      return text((args as Value[]).map(bytesOf).join(''))
    case 'join': {
      const items = itemsOf(args[1])
      return items === undefined ? undefined : text(items.map(bytesOf).join(bytesOf(first)))
    }
    case 'getopt': {
      const found = getopt(bytesOf(first).split(' '), bytesOf(second))
      if (index === undefined) return { kind: 'list', items: [...found.keys()].map(text) }
      const value = found.get(index)
      return value === undefined ? undefined : text(value)
    }
  }
}

function text(bytes: string): Value {
  return { kind: 'text', bytes }
}

function bytesOf(value: Value): string {
  if (value.kind === 'text' || value.kind === 'buffer') return value.bytes
  throw new Error(`a ${value.kind} has no bytes`)
}

function itemsOf(argument: Argument): readonly Value[] | undefined {
  const items = Array.isArray(argument) ? (argument as readonly (Value | undefined)[]) : [argument as Value]
  if (items.includes(undefined)) return undefined
  return (items as readonly Value[]).flatMap(item => (item.kind === 'list' ? item.items : [item]))
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function decodeBase64(encoded: string): string | undefined {
  const digits = encoded.replace(/={0,2}$/, '')
  if ([...digits].some(digit => !alphabet.includes(digit)) || digits.length % 4 === 1) return undefined
  const bits = [...digits].map(digit => alphabet.indexOf(digit).toString(2).padStart(6, '0')).join('')
  return (bits.match(/.{8}/g) ?? []).map(byte => String.fromCharCode(Number.parseInt(byte, 2))).join('')
}

/** The options at the beginning of the arguments, each with its value; that of a flag is empty. */
function getopt(words: readonly string[], known: string): Map<string, string> {
  const found = new Map<string, string>()
  const rest = words.filter(word => word !== '')
  while (rest[0]?.startsWith('-') === true && rest[0] !== '-' && rest[0] !== '--') {
    let letters = rest.shift()!.slice(1)
    while (letters !== '') {
      const letter = letters[0]!
      letters = letters.slice(1)
      if (!known.includes(letter)) continue
      if (known[known.indexOf(letter) + 1] !== ':') found.set(letter, '')
      else {
        const value = letters === '' ? rest.shift() : letters
        if (value !== undefined) found.set(letter, value)
        letters = ''
      }
    }
  }
  return found
}
