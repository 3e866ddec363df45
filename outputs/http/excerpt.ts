/** What a far end wrote, as a part of a reason: bounded, printable, and without our own secrets in it. */
import querystring from 'node:querystring'
import { printableText } from '../../base/printable.ts'
import { Redactor } from '../../config/redactor.ts'

const maxLength = 200

/** What in a path is no plain word: a key rather than a name. */
const keyLike = /^(?=.*[0-9A-Z%]).{6,}$|^.{16,}$/

export class Excerpts {
  readonly #redactor = new Redactor()
  readonly #longest: number

  /** @param secrets what a far end may have read in our request: the values of headers, above all. */
  constructor(secrets: readonly string[]) {
    // `Bearer x` may come back as x; `Basic x` as what x encodes.
    const parts = secrets.flatMap(secret => secret.split(/[\s:,;=]+/).filter(part => part.length >= 8))
    const decoded = parts
      .map(part => Buffer.from(part, 'base64').toString())
      .flatMap(text => [text, ...text.split(':')])
    const plain = [...secrets, ...parts, ...decoded.filter(text => /^[\x20-\x7e]{4,}$/.test(text))]
    // Pages of errors are HTML.
    const needles = [...plain, ...plain.map(escapeHtml)]
    this.#redactor.add(needles)
    // In percent-encoding a byte is three characters.
    this.#longest = 3 * Math.max(0, ...needles.map(needle => needle.length))
  }

  /** @param cut whether there was more: then a secret may have been cut in two. */
  of(text: string, cut: boolean): string {
    let shown = this.#redactor.redact(text)
    if (cut) shown = shown.slice(0, -this.#longest || undefined)
    shown = printableText(shown.replace(/\s+/g, ' ').trim())
    return shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown
  }
}

/** The parts of a URL that may be secret: its path as a whole and what in it may be a key, and the values of its query. */
export function secretsOfUrl(url: URL): string[] {
  const segments = url.pathname.split('/').filter(segment => keyLike.test(segment))
  const values = [...url.searchParams.values()]
  return [
    url.pathname + url.search,
    url.pathname,
    ...segments,
    ...segments.map(text => querystring.unescape(text)),
    ...values,
    ...url.search.slice(1).split(/[&=]/)
  ].filter(text => text.length >= 4)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character]!)
}
