/**
 * Random conditions as text, and random events for them: over a small vocabulary, so that what is tested is often there,
 * often equal and often missing.
 */

import { type Random, randomText } from '../support.ts'
import { odd, vocabulary, type Words } from './random-words.ts'

/** Conditions that compile, and whose meaning is settled. */
export function randomCondition(random: Random, depth: number): string {
  return new Conditions(random, vocabulary).condition(depth)
}

/** Conditions that parse: with constants of any bytes, arguments of fields that need quotes, and macros. */
export function oddCondition(random: Random, depth: number): string {
  return new Conditions(random, odd).condition(depth)
}

const equality = ['=', '==', '!=']
const order = ['<', '<=', '>', '>=']
const pieces = ['contains', 'startswith', 'endswith']

class Conditions {
  readonly #random: Random
  readonly #words: Words
  /** What was made before, so that conditions share parts. */
  readonly #made: string[] = []

  constructor(random: Random, words: Words) {
    this.#random = random
    this.#words = words
  }

  condition(depth: number): string {
    const made = this.#condition(depth)
    this.#made.push(made)
    return made
  }

  #condition(depth: number): string {
    if (this.#made.length > 0 && this.#one(6)) return `(${this.#pick(this.#made)})`
    if (depth === 0 || this.#one(5)) return this.#test()
    if (this.#one(4)) return this.#one(3) ? `not ${this.#test()}` : `not(${this.condition(depth - 1)})`
    const parts = Array.from({ length: 2 + this.#random.below(3) }, () => this.condition(depth - 1))
    const kind = this.#pick(['and', 'or'])
    const text = parts.map(part => (this.#one(3) ? part : `(${part})`)).join(this.#pick([` ${kind} `, `\n${kind}  `]))
    return this.#one(2) ? `(${text})` : text
  }

  #test(): string {
    const kinds = [
      () => this.#ofText(),
      () => this.#ofText(),
      () => this.#ofNumber(),
      () => this.#ofTruth(),
      () => this.#ofAddress(),
      () => this.#ofEnds(),
      () => this.#ofBuffer(),
      () => this.#ofList(),
      () => this.#ofAncestors(),
      () => `evt.dir ${this.#pick(['=', '!='])} ${this.#pick(['<', '>'])}`,
      () => `evt.type ${this.#pick([...equality, 'in', 'startswith'])} ${this.#pick(['open', 'openat', 'connect'])}`,
      () => `${this.#anyOperand()} exists`,
      ...this.#words.more.map(more => () => more(this.#random))
    ]
    return this.#pick(kinds)()
  }

  #ofText(): string {
    const left = this.#one(5) ? 'proc.aname' : this.#text()
    const operator = this.#pick([
      ...equality,
      ...order,
      ...pieces,
      'icontains',
      'glob',
      'iglob',
      'regex',
      'pmatch',
      'in',
      'intersects'
    ])
    const words = this.#words.forOperator(operator)
    if (left !== 'proc.aname' && this.#one(5) && operator !== 'regex' && operator !== 'pmatch') {
      return `${left} ${operator} ${this.#rightText()}`
    }
    if (['pmatch', 'in', 'intersects'].includes(operator)) return `${left} ${operator} ${this.#list(words)}`
    if (left === 'proc.aname' || order.includes(operator)) return `${left} ${operator} ${this.#value(words)}`
    return `${left} ${operator} ${this.#valueOrModifier(words)}`
  }

  #text(depth = 2): string {
    if (depth === 0 || this.#one(2)) return this.#pick(this.#words.textFields)
    const inner = () => this.#text(depth - 1)
    return this.#pick([
      () => `tolower(${inner()})`,
      () => `toupper( ${inner()} )`,
      () => `basename(${inner()})`,
      () => `b64(${inner()})`,
      () => `concat(${inner()}, ${this.#quoted()}, ${inner()})`,
      () => `join(${this.#quoted()}, (${inner()},${inner()}))`,
      () => `join(${this.#quoted()}, fd.types)`,
      () => `getopt(proc.args, "ab:c")[${this.#pick(['a', 'b', 'c'])}]`
    ])()
  }

  #rightText(): string {
    const field = this.#pick(this.#words.textFields)
    return this.#pick([`val(${field})`, `tolower(${field})`, `concat(${field}, "b")`])
  }

  #ofNumber(): string {
    const operator = this.#pick([...equality, ...order, 'in', 'intersects'])
    if (this.#one(4))
      return `len(${this.#pick([this.#text(), 'evt.buffer', 'fd.types'])}) ${operator} ${this.#numbers(operator, 'small')}`
    if (this.#one(4) && operator !== 'in' && operator !== 'intersects') {
      return `${this.#pick(['proc.pid', 'evt.rawres'])} ${operator} val(${this.#pick(['proc.ppid', 'evt.rawres'])})`
    }
    const [field, range] = this.#pick([
      ['proc.pid', 'signed'],
      ['evt.rawres', 'signed'],
      ['user.uid', 'small'],
      ['fd.sport', 'small'],
      ['evt.buflen', 'unsigned'],
      ['evt.rawtime', 'unsigned'],
      ['proc.duration', 'small']
    ] as const)
    return `${field} ${operator} ${this.#numbers(operator, range)}`
  }

  #numbers(operator: string, range: keyof Words['numbers']): string {
    const numbers = this.#words.numbers[range]
    if (operator === 'in' || operator === 'intersects') return this.#list(numbers)
    return order.includes(operator) ? this.#value(numbers) : this.#valueOrModifier(numbers)
  }

  #ofTruth(): string {
    const operator = this.#pick([...equality, 'in'])
    const truths = ['true', 'false']
    if (operator === 'in') return `evt.is_open_write in ${this.#list(truths)}`
    if (this.#one(4)) return `evt.is_open_write ${operator} val(evt.is_open_read)`
    return `evt.is_open_write ${operator} ${this.#value(truths)}`
  }

  #ofAddress(): string {
    const operator = this.#pick([...equality, 'in', 'intersects'])
    const isNet = this.#one(2)
    const words = isNet ? this.#words.networks : this.#words.addresses
    const left = isNet ? 'fd.snet' : 'fd.sip'
    if (operator === 'in' || operator === 'intersects') return `${left} ${operator} ${this.#list(words)}`
    if (!isNet && this.#one(4)) return `${left} ${operator} val(fd.cip)`
    return `${left} ${operator} ${this.#valueOrModifier(words)}`
  }

  #ofEnds(): string {
    const [field, words] = this.#pick([
      ['fd.ip', this.#words.addresses],
      ['fd.net', this.#words.networks],
      ['fd.port', this.#words.numbers.small]
    ] as const)
    const operator = this.#pick([...equality, 'in'])
    return `${field} ${operator} ${operator === 'in' ? this.#list(words) : this.#value(words)}`
  }

  #ofBuffer(): string {
    const operator = this.#pick([...equality, ...pieces, 'bcontains', 'bstartswith'])
    return `evt.buffer ${operator} ${this.#valueOrModifier(this.#words.forOperator(operator))}`
  }

  #ofList(): string {
    const operator = this.#pick(['in', 'intersects', 'exists'])
    const options = `getopt(proc.args, "${this.#pick(['ab:c', 'abc', 'b:'])}")`
    const [left, words] = this.#one(2) ? ['fd.types', this.#words.types] : [options, ['a', 'b', 'c']]
    return operator === 'exists' ? `${left} exists` : `${left} ${operator} ${this.#list(words)}`
  }

  #ofAncestors(): string {
    const operator = this.#pick([...equality, ...order, 'in'])
    const numbers = this.#words.numbers.small
    return `${this.#pick(['proc.apid', 'proc.apid[2]'])} ${operator} ${operator === 'in' ? this.#list(numbers) : this.#value(numbers)}`
  }

  #anyOperand(): string {
    const others = [
      'proc.aname',
      'proc.pid',
      'fd.sip',
      'fd.ip',
      'fd.types',
      'fd.snet',
      'evt.buffer',
      'evt.is_open_write',
      'evt.rawtime'
    ]
    return this.#one(2) ? this.#text() : this.#pick(others)
  }

  #valueOrModifier(words: readonly string[]): string {
    if (!this.#one(4)) return this.#value(words)
    return `${this.#pick(['oneof', 'anyof', 'allof'])}${this.#pick([' ', ''])}${this.#list(words)}`
  }

  #list(words: readonly string[]): string {
    const items = Array.from({ length: this.#random.below(4) }, () => this.#value(words))
    return `(${items.join(this.#pick([',', ', ', ' ,\n']))})`
  }

  #value(words: readonly string[]): string {
    return this.#words.written(this.#random, this.#pick(words))
  }

  #quoted(): string {
    return JSON.stringify(this.#pick([',', '', 'b', ' ', randomText(this.#random, ['a', '/', 'ü'], 2)]))
  }

  #one(among: number): boolean {
    return this.#random.below(among) === 0
  }

  #pick<Item>(items: readonly Item[]): Item {
    return this.#random.pick(items)
  }
}
