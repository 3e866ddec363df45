/** Text that knows where it stands in a file, so that an error inside a condition is reported at its own place. */

import type { Place } from '../../base/errors.ts'

export interface SourceText {
  readonly text: string
  /** The place of the character at `index` of `text`; the length of the text stands for its end. */
  placeAt(index: number): Place
}

/** A text, or a list of such. */
export type TextTree =
  | { readonly kind: 'text'; readonly text: SourceText }
  | { readonly kind: 'list'; readonly items: readonly TextTree[]; readonly place: Place }

/** A text that is a file of its own: its first character is line 1, column 1. */
export function wholeText(text: string, file = 'condition'): SourceText {
  let starts: number[] | undefined
  return {
    text,
    placeAt(index) {
      starts ??= [0, ...[...text.matchAll(/\n/g)].map(newline => newline.index + 1)]
      const line = lastAtMost(starts, index)
      return { file, line: line + 1, column: index - starts[line]! + 1 }
    }
  }
}

/** The position of the last of the ascending numbers that is not larger; the first is not. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0
  let high = numbers.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (numbers[middle]! <= limit) low = middle
    else high = middle - 1
  }
  return low
}

/** A text that was put in: all of it stands at one place. */
export function textAt(text: string, place: Place): SourceText {
  return { text, placeAt: () => place }
}

/** The part of a text from `start` to before `end`. */
export function slice(source: SourceText, start: number, end: number): SourceText {
  return { text: source.text.slice(start, end), placeAt: index => source.placeAt(start + index) }
}

/** Texts one after the other; each keeps its places. There must be one. */
export function join(parts: readonly SourceText[]): SourceText {
  if (parts.length === 1) return parts[0]!
  const starts: number[] = []
  let length = 0
  for (const { text } of parts) {
    starts.push(length)
    length += text.length
  }
  return {
    text: parts.map(({ text }) => text).join(''),
    placeAt(index) {
      const part = lastAtMost(starts, index)
      return parts[part]!.placeAt(index - starts[part]!)
    }
  }
}

/** The text without the blanks around it. */
export function trim(source: SourceText): SourceText {
  const { text } = source
  const start = text.length - text.trimStart().length
  return slice(source, start, Math.max(start, text.trimEnd().length))
}

/** The text of bytes in UTF-8, one character a byte; what is none is U+FFFD. */
export function fromBytes(bytes: string): string {
  return ascii.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}

/** The bytes of a text in UTF-8, one character a byte: the form that the strings of events have. */
export function toBytes(text: string): string {
  return ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is its own UTF-8
const ascii = /^[\x00-\x7f]*$/
