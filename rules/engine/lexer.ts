/**
 * The tokens of a condition. The language has no tokens without context (`<` is an operator after a field and a value
 * after `evt.dir=`), so the parser asks for the token that may stand where it is.
 */

import type { Place } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { type Operator, symbolOperators, type Value, wordOperators } from './ast.ts'
import { printable } from './printable.ts'
import { ruleError } from './problems.ts'
import { type SourceText, toBytes } from './source-text.ts'

export interface Token {
  readonly text: string
  readonly place: Place
}

/** Blanks are those of ASCII: any other is a byte of a value. */
const blanks = /[ \t-\r]*/y
const name = /[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*/y
const bareValue = /[^()"' \t-\r=,]+/y
const bareArgument = /[^[\]"']+/y
const letters = /[A-Za-z]+/y
const keywords = { and: /and(?=[ \t-\r(]|$)/y, or: /or(?=[ \t-\r(]|$)/y, not: /not(?=[ \t-\r(]|$)/y }
const word = /[^ \t-\r(),]+/y

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  '/': '/',
  // A blank that somebody escaped: the escape is what is left of it.
  ' ': '\\'
}

export class Lexer {
  readonly #source: SourceText
  #position = 0

  constructor(source: SourceText, position = 0) {
    this.#source = source
    this.#position = position
  }

  /** The index of the character that comes next. */
  get position(): number {
    return this.#position
  }

  get place(): Place {
    return this.#source.placeAt(this.#position)
  }

  get atEnd(): boolean {
    return this.#position >= this.#source.text.length
  }

  skipBlanks(): void {
    this.#match(blanks)
  }

  /** Takes the character if it comes next. */
  take(character: string): boolean {
    if (this.#source.text[this.#position] !== character) return false
    this.#position++
    return true
  }

  /** Whether the character comes next. */
  ahead(character: string): boolean {
    return this.#source.text[this.#position] === character
  }

  /** Takes the keyword if it comes next: it ends at a blank, a parenthesis or the end. */
  takeKeyword(keyword: 'and' | 'or' | 'not'): boolean {
    return this.#match(keywords[keyword]) !== undefined
  }

  /** The name of a field or macro. */
  name(): Token | undefined {
    return this.#keywordAhead() ? undefined : this.#token(name)
  }

  /** The argument of a field, after its `[`, up to and with the `]`. */
  argument(): string {
    const opened = this.place
    const text = this.#quoteAhead() ? this.#quoted() : toBytes(this.#match(bareArgument) ?? '')
    if (text === '') throw ruleError('expected an argument between the brackets', this.place)
    if (!this.take(']')) throw ruleError('expected ] after this argument', opened)
    return text
  }

  /** An operator; the error tells what stands there instead. */
  operator(field: string): { operator: Operator; place: Place } {
    const { place } = this
    const symbol = symbolOperators.find(each => this.#source.text.startsWith(each, this.#position))
    if (symbol !== undefined) {
      this.#position += symbol.length
      return { operator: symbol, place }
    }
    const found = this.#match(letters)
    const operator = wordOperators.find(each => each === found)
    if (operator !== undefined) return { operator, place }
    if (found === undefined) throw ruleError(`expected an operator after ${field}, found ${this.nextWord()}`, place)
    const hint = didYouMean(found, wordOperators)
    throw ruleError(`expected an operator after ${field}, found ${found}${hint}`, place)
  }

  /** Takes a word that an opening parenthesis follows, blanks between them allowed; the parenthesis stays. */
  takeCall(word: string): boolean {
    const { text } = this.#source
    if (!text.startsWith(word, this.#position)) return false
    blanks.lastIndex = this.#position + word.length
    const end = blanks.lastIndex + blanks.exec(text)![0].length
    if (text[end] !== '(') return false
    this.#position = end
    return true
  }

  /** The one of the words that comes next with an opening parenthesis right behind it, which stays. */
  call(words: readonly string[]): Token | undefined {
    const { place } = this
    const text = words.find(word => this.#source.text.startsWith(`${word}(`, this.#position))
    if (text === undefined) return undefined
    this.#position += text.length
    return { text, place }
  }

  /** A quoted or bare constant. */
  value(): Value | undefined {
    const quoted = this.quotedValue()
    if (quoted !== undefined) return quoted
    const { place } = this
    const text = this.#match(bareValue)
    return text === undefined ? undefined : { kind: 'value', text: toBytes(text), place }
  }

  /** A constant in quotes. */
  quotedValue(): Value | undefined {
    const { place } = this
    return this.#quoteAhead() ? { kind: 'value', text: this.#quoted(), place } : undefined
  }

  /** What comes next, for messages. */
  nextWord(): string {
    if (this.atEnd) return 'the end of the condition'
    word.lastIndex = this.#position
    return printable(toBytes(word.exec(this.#source.text)?.[0] ?? this.#source.text[this.#position]!))
  }

  #keywordAhead(): boolean {
    return Object.values(keywords).some(keyword => {
      keyword.lastIndex = this.#position
      return keyword.test(this.#source.text)
    })
  }

  #quoteAhead(): boolean {
    const next = this.#source.text[this.#position]
    return next === '"' || next === "'"
  }

  #quoted(): string {
    const { text } = this.#source
    const opened = this.#position
    const quote = text[opened]!
    let bytes = ''
    let start = opened + 1
    for (let index = start; index < text.length; index++) {
      const character = text[index]
      if (character === quote) {
        this.#position = index + 1
        return bytes + toBytes(text.slice(start, index))
      }
      if (character === '\\') {
        bytes += toBytes(text.slice(start, index))
        const [byte, length] = this.#escape(index, quote)
        bytes += byte
        index += length - 1
        start = index + 1
      }
    }
    throw ruleError(`the string that begins with ${quote} is never closed`, this.#source.placeAt(opened))
  }

  /** The byte that an escape stands for, and how many characters of the text it takes. */
  #escape(index: number, quote: string): [byte: string, length: number] {
    const letter = this.#source.text[index + 1] ?? ''
    if (letter === quote) return [quote, 2]
    if (Object.hasOwn(escapes, letter)) return [escapes[letter]!, 2]
    const hex = this.#source.text.slice(index + 2, index + 4)
    if (letter === 'x' && /^[0-9a-fA-F]{2}$/.test(hex)) return [String.fromCharCode(Number.parseInt(hex, 16)), 4]
    const place = this.#source.placeAt(index)
    throw ruleError(
      `unknown escape \\${printable(toBytes(letter))}; known are \\b \\f \\n \\r \\t \\\\ \\/ \\${quote} \\xHH`,
      place
    )
  }

  #token(pattern: RegExp): Token | undefined {
    const { place } = this
    const text = this.#match(pattern)
    return text === undefined ? undefined : { text, place }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position
    const text = pattern.exec(this.#source.text)?.[0]
    if (text !== undefined) this.#position += text.length
    return text
  }
}
