/** Text that knows where it stands in a file, so that an error inside a condition is reported at its own place. */

import type { Place } from '../../base/errors.ts'

export interface SourceText {
  readonly text: string
  /** The place of the character at `index` of `text`; the length of the text stands for its end. */
  placeAt(index: number): Place
}

/** A text that is a file of its own: its first character is line 1, column 1. */
export function wholeText(text: string, file = 'condition'): SourceText {
  return {
    text,
    placeAt(index) {
      const before = text.slice(0, index)
      return { file, line: before.split('\n').length, column: index - before.lastIndexOf('\n') }
    }
  }
}

/** The bytes of a text in UTF-8, one character a byte: the form that the strings of events have. */
export function toBytes(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is its own UTF-8
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}
