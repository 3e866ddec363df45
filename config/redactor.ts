/** Takes secrets out of text that people or other systems will see. */

/** Shorter values are not replaced: they stand in every other word, and hiding them would only mangle the text. */
const minLength = 3

/** A line of a secret that spans several (a private key) is a secret of its own from this length on. */
const minLineLength = 8

export const hidden = '***'

export class Redactor {
  /** Longest first, so that a secret which contains another is replaced as a whole. */
  #needles: readonly string[] = []

  constructor(secrets: Iterable<string> = []) {
    this.add(secrets)
  }

  /** True when there is nothing to hide. */
  get empty(): boolean {
    return this.#needles.length === 0
  }

  add(secrets: Iterable<string>): void {
    const needles = new Set(this.#needles)
    for (const secret of secrets) for (const needle of needlesOf(secret)) needles.add(needle)
    this.#needles = [...needles].sort((a, b) => b.length - a.length)
  }

  /** Gives `text` with every secret replaced, also where it was escaped for JSON or for a URL. */
  redact(text: string): string {
    let result = text
    for (const needle of this.#needles) result = result.replaceAll(needle, hidden)
    return result
  }
}

function needlesOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line, _, all) => all.length > 1 && line.trim().length >= minLineLength)
  return [secret, secret.trim(), ...lines]
    .filter(text => text.length >= minLength)
    .flatMap(text => [text, JSON.stringify(text).slice(1, -1), percentEncoded(text)])
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
