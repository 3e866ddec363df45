/** What an operator and its constants say about one value. Constants are read and checked here, once. */

import { messageOf } from '../../base/errors.ts'
import { fieldText, type Operator, type Test, type Value } from './ast.ts'
import type { FieldType, Scalar } from './fields/field.ts'
import { globMatcher } from './glob.ts'
import { networkMatcher, parseNetwork } from './ip.ts'
import { prefixMatcher } from './path-prefix.ts'
import { printable } from './printable.ts'
import { ruleError } from './problems.ts'
import { regexMatcher } from './regex.ts'

/** Declared as a method so that a test of strings can stand where a test of scalars is expected. */
export type ValueTest<Type = Scalar> = { holds(value: Type): boolean }['holds']

const equality: readonly Operator[] = ['=', '==', '!=']
const order: readonly Operator[] = ['<', '<=', '>', '>=']
const lists: readonly Operator[] = ['in', 'intersects']
const numeric = [...equality, ...order, ...lists]
const bytes: readonly Operator[] = ['contains', 'startswith', 'endswith']

const operatorsOf: Readonly<Record<FieldType, readonly Operator[]>> = {
  CHARBUF: [...numeric, ...bytes, 'icontains', 'glob', 'iglob', 'regex', 'pmatch'],
  BYTEBUF: [...equality, ...bytes, 'bcontains', 'bstartswith'],
  BOOL: equality,
  IPADDR: [...equality, ...lists],
  IPNET: [...equality, ...lists],
  INT64: numeric,
  UINT32: numeric,
  UINT64: numeric,
  PORT: numeric,
  ABSTIME: numeric,
  RELTIME: numeric
}

const ranges: Readonly<Partial<Record<FieldType, readonly [low: bigint, high: bigint]>>> = {
  INT64: [-(1n << 63n), (1n << 63n) - 1n],
  UINT32: [0n, (1n << 32n) - 1n],
  UINT64: [0n, (1n << 64n) - 1n],
  PORT: [0n, 65535n],
  ABSTIME: [0n, (1n << 64n) - 1n],
  RELTIME: [-(1n << 63n), (1n << 64n) - 1n]
}

/** Operators that look at the whole value byte by byte, or fold its case first. */
const slow = new Set<Operator>(['regex', 'glob', 'iglob', 'icontains', 'contains', 'pmatch'])

/** What an operator costs compared with an equality. */
export function operatorCost(operator: Operator): number {
  return slow.has(operator) ? 5 : 1
}

/**
 * The test that the constants of `test` make of a value of `type`; `exists` is not for here.
 *
 * @throws TercelError TERCEL_RULES when the operator or a constant does not fit the type
 */
export function valueTest(test: Test, type: FieldType): ValueTest {
  const { operator, operatorPlace } = test
  const allowed = operatorsOf[type]
  if (!allowed.includes(operator)) {
    const expected = `expected one of ${allowed.join(' ')} exists`
    throw ruleError(`${operator} does not fit ${fieldText(test.field)}, which is ${type}; ${expected}`, operatorPlace)
  }
  if (type === 'CHARBUF' || type === 'BYTEBUF') return textTest(test)
  if (type === 'BOOL') return compareTest(operator, [readBoolean(test.values[0]!, test)])
  if (type === 'IPADDR' || type === 'IPNET') return addressTest(test)
  const numbers = test.values.map(value => readInteger(value, type, test))
  return compareTest(operator, type === 'ABSTIME' || type === 'RELTIME' ? numbers : numbers.map(Number))
}

function textTest(test: Test): ValueTest {
  const { operator } = test
  const texts = test.values.map(value => value.text)
  const text = texts[0] ?? ''
  switch (operator) {
    case 'contains':
      return (value: string) => value.includes(text)
    case 'icontains': {
      const folded = foldCase(text)
      return (value: string) => foldCase(value).includes(folded)
    }
    case 'startswith':
      return (value: string) => value.startsWith(text)
    case 'endswith':
      return (value: string) => value.endsWith(text)
    case 'bcontains': {
      const sought = readHex(test.values[0]!)
      return (value: string) => value.includes(sought)
    }
    case 'bstartswith': {
      const sought = readHex(test.values[0]!)
      return (value: string) => value.startsWith(sought)
    }
    case 'glob':
      return globMatcher(text)
    case 'iglob': {
      const matches = globMatcher(foldCase(text))
      return (value: string) => matches(foldCase(value))
    }
    case 'regex':
      return readRegex(test.values[0]!)
    case 'pmatch':
      return prefixMatcher(texts)
    default:
      return compareTest(operator, texts)
  }
}

/** Equality, order and membership; text is ordered by bytes, as strcmp does. */
function compareTest(operator: Operator, constants: readonly Scalar[]): ValueTest {
  const [constant] = constants
  if (constant === undefined) return () => false
  switch (operator) {
    case '!=':
      return value => value !== constant
    case '<':
      return value => value < constant
    case '<=':
      return value => value <= constant
    case '>':
      return value => value > constant
    case '>=':
      return value => value >= constant
    default: {
      if (constants.length === 1) return value => value === constant
      if (constants.every(each => typeof each === 'string')) return memberTest(constants)
      const set = new Set(constants)
      return value => set.has(value)
    }
  }
}

/**
 * Membership in a set of texts. A lookup has to hash the whole value, which is new with every event; most are of a length
 * that no member has.
 */
function memberTest(members: readonly string[]): ValueTest<string> {
  const set = new Set(members)
  const lengths = lengthsOf(members)
  return value => lengths[value.length] === 1 && set.has(value)
}

/** For each length 1 where a text of this length can pass; undefined where the length alone says nothing. */
export function passingLengths({ operator, values }: Test): Uint8Array | undefined {
  return ['=', '==', 'in'].includes(operator) ? lengthsOf(values.map(({ text }) => text)) : undefined
}

function lengthsOf(texts: readonly string[]): Uint8Array {
  const lengths = new Uint8Array(Math.max(0, ...texts.map(({ length }) => length)) + 1)
  for (const { length } of texts) lengths[length] = 1
  return lengths
}

function addressTest(test: Test): ValueTest {
  const networks = test.values.map(value => {
    const network = parseNetwork(value.text)
    if (network !== undefined) return network
    throw ruleError(`expected an address or a network such as 10.0.0.0/8, found ${printable(value.text)}`, value.place)
  })
  const matches = networkMatcher(networks)
  return test.operator === '!=' ? (value: string) => !matches(value) : matches
}

function readBoolean({ text, place }: Value, { field }: Test): boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  throw ruleError(`expected true or false for ${fieldText(field)}, found ${printable(text)}`, place)
}

function readInteger({ text, place }: Value, type: FieldType, { field }: Test): bigint {
  const match = /^(-?)(0[xX][0-9a-fA-F]{1,32}|\d{1,32})$/.exec(text)
  const name = fieldText(field)
  if (match === null) throw ruleError(`expected a whole number for ${name}, found ${printable(text)}`, place)
  const number = match[1] === '-' ? -BigInt(match[2]!) : BigInt(match[2]!)
  const [low, high] = ranges[type]!
  if (number < low || number > high) {
    throw ruleError(`expected a number from ${low} to ${high} for ${name}, found ${text}`, place)
  }
  return number
}

function readHex({ text, place }: Value): string {
  if (!/^([0-9a-fA-F]{2})+$/.test(text)) {
    throw ruleError(`expected bytes as hexadecimal digits, found ${printable(text)}`, place)
  }
  return Buffer.from(text, 'hex').toString('latin1')
}

function readRegex({ text, place }: Value): ValueTest {
  try {
    return regexMatcher(text)
  } catch (error) {
    throw ruleError(`${printable(text)} is no regular expression: ${messageOf(error)}`, place)
  }
}

/** Folds the case of ASCII letters only: the bytes above are parts of characters. */
function foldCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, letters => letters.toLowerCase()) : text
}
