/** What transformers make of values. Each is a function of scalars; undefined is a value that is missing. */

import { formatAddress } from '../../collector/sockets.ts'
import type { TransformerName } from './ast.ts'
import { foldCase, upperCase } from './case.ts'
import type { FieldType, Scalar } from './fields/field.ts'

/** Transformers of one argument, which look at each value of it by itself. */
export interface UnaryTransformer {
  readonly takes: readonly FieldType[]
  /** The type of the result, where it is not that of the argument. */
  readonly gives?: FieldType
  readonly apply: (text: string) => Scalar | undefined
}

const text: readonly FieldType[] = ['CHARBUF']
const bytes: readonly FieldType[] = ['CHARBUF', 'BYTEBUF']

export const unaryTransformers: ReadonlyMap<TransformerName, UnaryTransformer> = new Map([
  ['tolower', { takes: text, apply: foldCase }],
  ['toupper', { takes: text, apply: upperCase }],
  ['basename', { takes: text, apply: (path: string) => path.slice(path.lastIndexOf('/') + 1) }],
  ['b64', { takes: bytes, apply: decodeBase64 }],
  ['len', { takes: bytes, gives: 'UINT64', apply: (value: string) => value.length }]
])

const base64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Padding may be missing; what is no base64 has no value. */
function decodeBase64(value: string): string | undefined {
  if (!base64.test(value)) return undefined
  const digits = value.replace(/=+$/, '')
  if (digits.length % 4 === 1) return undefined
  return Buffer.from(digits, 'base64').toString('latin1')
}

/** A value as `join` and `concat` put it in: bytes for text, an address as it is written, else decimal. */
export function pieceOf(value: Scalar, type: FieldType): string {
  return type === 'IPADDR' || type === 'IPNET' ? formatAddress(value as string) : String(value)
}

/**
 * The options in a command line, as getopt(3) finds them: `-ab` are two flags, a letter that a colon follows in `letters` has
 * a value, in the same word or the next one, and `--` ends them. What stands between options is passed over, as GNU does.
 *
 * @returns the value of each option that is there, '' for one without a value
 */
export function readOptions(commandLine: string, letters: string): Map<string, string> {
  const found = new Map<string, string>()
  const words = commandLine.split(' ').filter(word => word !== '')
  for (let index = 0; index < words.length && words[index] !== '--'; index++) {
    const word = words[index]!
    if (!word.startsWith('-')) continue
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!
      const known = letter === ':' ? -1 : letters.indexOf(letter)
      if (known < 0) continue
      if (letters[known + 1] !== ':') {
        found.set(letter, '')
        continue
      }
      const rest = word.slice(at + 1)
      const value = rest === '' ? words[++index] : rest
      if (value !== undefined) found.set(letter, value)
      break
    }
  }
  return found
}
