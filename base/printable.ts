/**
 * Text that cannot forge a line, steer a terminal or hide: whoever chose a command line or a file name wrote part of what
 * tercel prints.
 */

/**
 * Control characters with newline and escape, formatting characters (the marks of bidirectional text among them), line
 * and paragraph separators, lone surrogates, which have no UTF-8, and what is not shown at all.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu
const plain = /^[\x20-\x7e]*$/
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line of printable text: what is not printable becomes `\n`, `\x1b`, `\u202e` or `\u{e0001}`. */
export function printableText(text: string): string {
  return plain.test(text) ? text : text.replace(unprintable, escapeText)
}

/** A value as JSON on one line of printable text; it still parses to the same value. */
export function printableJson(value: unknown): string {
  // JSON.stringify leaves no C0 unescaped, so what is unprintable stands within strings.
  return JSON.stringify(value).replace(unprintable, escapeUnits)
}

/** The same on many lines, indented, to be read by people. */
export function indentedJson(value: unknown): string {
  const lines = JSON.stringify(value, undefined, 2).split('\n')
  return lines.map(line => line.replace(unprintable, escapeUnits)).join('\n')
}

/** `\xNN`, for a byte or a character that is not printable. */
export function escapeCode(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\u{${code.toString(16)}}`
}

function escapeText(character: string): string {
  return short[character] ?? escapeCode(character.codePointAt(0)!)
}

/** JSON has escapes for UTF-16 units only. */
function escapeUnits(character: string): string {
  let units = ''
  for (let i = 0; i < character.length; i++) units += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  return units
}
