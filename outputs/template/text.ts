/** Text for places that limit its length, and that would read something into it: markup, mentions, links. */
import { printableJson, printableText } from '../../base/printable.ts'

const mark = '…'

/** U+200B: not shown, and it separates what a chat system would take together. */
const gap = '\u200b'

/** Any value as text: nothing for what is missing, the items of a list one after the other, the rest as JSON. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'object' ? printableJson(value) : String(value)
}

/**
 * Escapes character by character and cuts between whole ones, so that neither a surrogate pair nor an escape is torn.
 *
 * @param limit what `size` may be at most of the result, with the mark that something was cut off.
 */
export function fit(
  text: string,
  limit: number,
  escaped: (character: string) => string = same,
  size: (text: string) => number = lengthOf
): string {
  const room = limit - size(mark)
  let kept = ''
  let whole = ''
  let used = 0
  for (const character of text) {
    const unit = escaped(character)
    used += size(unit)
    if (used > limit) return room < 0 ? '' : kept + mark
    whole += unit
    if (used <= room) kept = whole
  }
  return whole
}

export function bytesOf(text: string): number {
  return Buffer.byteLength(text)
}

/** Addresses, host names, `@name` and `<!channel>`: none of them stays in one piece. */
const lively = /@|:(?=\/\/)|<(?=[\p{L}!@#/])|(?<=[\p{L}\d])\.(?=\p{L}{2})/gu

/** One line of printable text in which no chat system finds a mention or a link. */
export function inert(value: unknown): string {
  return printableText(textOf(value)).replace(lively, found => found + gap)
}

/** What means something in one Markdown or another; each of them may have a backslash before it. */
const markdownSyntax = /[\\`*_[\]()<>#~|]/

export function markdown(value: unknown, limit: number): string {
  const text = fit(inert(value), limit, character => (markdownSyntax.test(character) ? `\\${character}` : character))
  // An item of a list, at the beginning only; then there is room, for the last character gives way to it.
  return /^[-+]/.test(text) ? fit(`\\${text}`, limit) : text
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function html(value: unknown, limit: number): string {
  return fit(inert(value), limit, character => entities[character] ?? character)
}

/**
 * For what stands within backquotes: no two of them stay together, so the block does not end early, and no `<@name>`
 * stays whole, which Webex looks for in blocks as well.
 */
export function code(value: unknown, limit: number): string {
  const text = printableText(textOf(value)).replaceAll('<@', `<${gap}@`)
  return fit(text, limit, character => (character === '`' ? `\`${gap}` : character))
}

function same(character: string): string {
  return character
}

function lengthOf(text: string): number {
  return text.length
}
