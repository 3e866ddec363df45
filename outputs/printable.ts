/**
 * Guards what is written to terminals and line-based files: whoever chose a command line or a file name must not be
 * able to end a line, move the cursor or turn the reading direction.
 */

/**
 * C0 with newline and escape, DEL and C1; the marks, overrides and isolates of bidirectional text (Unicode TR 9); line
 * and paragraph separator; the byte order mark; lone surrogates, which have no UTF-8.
 */
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** One line of text, whatever it was: what is unsafe becomes `\uXXXX`. */
export function printableLine(text: string): string {
  return text.replace(unsafe, escapeUnit)
}

/** A value as JSON on one line, with the same characters escaped: it still parses to the same value. */
export function printableJson(value: unknown): string {
  // JSON.stringify leaves no C0 unescaped; what is unsafe can only stand within strings.
  return JSON.stringify(value).replace(unsafe, escapeUnit)
}
