/**
 * Bytes of an event as text that nobody can forge a line with: UTF-8 is decoded, and whatever would move the cursor,
 * end the line, change the direction of writing or not be seen at all is shown as an escape.
 */

import { escapeCode, printableText } from '../../base/printable.ts'

const plain = /^[\x20-\x7e]*$/

/** Bytes (latin1, one character a byte) as printable text; a byte that is not UTF-8 becomes `\xNN`. */
export function printable(bytes: string): string {
  if (plain.test(bytes)) return bytes
  let text = ''
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(bytes, index)
    const sequence = bytes.slice(index, index + Math.max(length, 1))
    text += length === 0 ? escapeCode(sequence.charCodeAt(0)) : decode(sequence)
    index += Math.max(length, 1)
  }
  return text
}

function decode(sequence: string): string {
  return sequence.length === 1
    ? printableText(sequence)
    : printableText(Buffer.from(sequence, 'latin1').toString('utf8'))
}

/** The length of the well-formed UTF-8 sequence at `index` (Unicode, table 3-7), or 0. */
function sequenceLength(bytes: string, index: number): number {
  const lead = bytes.charCodeAt(index)
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const second = bytes.charCodeAt(index + 1)
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (!(second >= lowest && second <= highest)) return 0
  if (lead < 0xe0) return 2
  if (!continues(bytes, index + 2)) return 0
  if (lead < 0xf0) return 3
  return continues(bytes, index + 3) ? 4 : 0
}

function continues(bytes: string, index: number): boolean {
  const byte = bytes.charCodeAt(index)
  return byte >= 0x80 && byte <= 0xbf
}
