/** What an operator and its constants say about one value. Constants are read and checked here, once. */

import { messageOf } from '../../base/errors.ts'
import type { ListModifier, Operator, Value } from './ast.ts'
import {
  type BytesTest,
  containsBytes,
  endsWithBytes,
  equalsBytes,
  lengthsOf,
  ofLengths,
  startsWithBytes
} from './byte-tests.ts'
import { ByteTrie } from './byte-trie.ts'
import { foldCase } from './case.ts'
import { type NumberType, readBoolean, readHex, readNetwork, readNumber } from './constants.ts'
import type { FieldType, Scalar } from './fields/field.ts'
import { globMatcher } from './glob.ts'
import { networkMatcher } from './ip.ts'
import { prefixMatcher } from './path-prefix.ts'
import { PieceSearch } from './piece-search.ts'
import { printable } from './printable.ts'
import { ruleError } from './problems.ts'
import { regexMatcher } from './regex.ts'

/** Declared as a method so that a test of strings can stand where a test of scalars is expected. */
export type Holds = { holds(value: Scalar): boolean }['holds']

export interface ValueTest {
  readonly holds: Holds
  /**
   * The test as an expression over the expression `value`, which is not undefined; `param` names a constant. Where it is
   * missing, `holds` is called.
   */
  readonly code?: (value: string, param: (constant: unknown) => string) => string
  /** The same on the bytes of a text. */
  readonly onBytes?: BytesTest
  /** What it costs, compared with comparing two numbers. */
  readonly cost: number
  /** How often it holds, guessed: what seldom holds ends a conjunction early. */
  readonly likelihood: number
}

const equality: readonly Operator[] = ['=', '==', '!=']
const order: readonly Operator[] = ['<', '<=', '>', '>=']
const lists: readonly Operator[] = ['in', 'intersects']
const numeric = [...equality, ...order, ...lists]
const pieces: readonly Operator[] = ['contains', 'startswith', 'endswith']

/** The operators that values of each type can be compared by, beside `exists`. */
export const operatorsOf: Readonly<Record<FieldType, readonly Operator[]>> = {
  CHARBUF: [...numeric, ...pieces, 'icontains', 'glob', 'iglob', 'regex', 'pmatch'],
  BYTEBUF: [...equality, ...lists, ...pieces, 'bcontains', 'bstartswith'],
  BOOL: [...equality, ...lists],
  IPADDR: [...equality, ...lists],
  IPNET: [...equality, ...lists],
  INT64: numeric,
  UINT32: numeric,
  UINT64: numeric,
  PORT: numeric,
  ABSTIME: numeric,
  RELTIME: numeric
}

/** What compares a value of `type` with constants. `name` is what is compared, for messages. */
export interface Comparison {
  readonly operator: Operator
  readonly values: readonly Value[]
  readonly type: FieldType
  readonly name: string
}

/**
 * The test that an operator and its constants make of a value; `exists` is not for here, and that the operator fits the type
 * has been checked.
 *
 * @throws TercelError TERCEL_RULES when a constant does not fit the type
 */
export function valueTest(comparison: Comparison): ValueTest {
  const { operator, values, type, name } = comparison
  switch (type) {
    case 'CHARBUF':
    case 'BYTEBUF':
      return textTest(operator, values)
    case 'BOOL':
      return scalarTest(
        operator,
        values.map(value => readBoolean(value, name))
      )
    case 'IPADDR':
    case 'IPNET':
      return addressTest(operator, values)
    default:
      return scalarTest(
        operator,
        values.map(value => readNumber(value, type as NumberType, name))
      )
  }
}

/** Exactly one of the tests, any, or all of them; none holds where there are none. */
export function combinedTest(modifier: ListModifier, tests: readonly ValueTest[]): ValueTest {
  const all = tests.map(({ holds }) => holds)
  const cost = tests.reduce((sum, each) => sum + each.cost, 0)
  const holds: Record<ListModifier, Holds> = {
    oneof: value => all.filter(test => test(value)).length === 1,
    anyof: value => all.some(test => test(value)),
    allof: value => all.length > 0 && all.every(test => test(value))
  }
  return { holds: holds[modifier], cost, likelihood: 0.1 }
}

function textTest(operator: Operator, values: readonly Value[]): ValueTest {
  const [value] = values
  const text = value?.text ?? ''
  const pattern = (holds: (text: string) => boolean): ValueTest => ({
    holds: holds as Holds,
    cost: 8,
    likelihood: 0.05
  })
  switch (operator) {
    case 'contains':
      return pieceTest('includes', text, containsBytes(text))
    case 'bcontains':
      return pieceTest('includes', readHex(value!), containsBytes(readHex(value!)))
    case 'startswith':
      return pieceTest('startsWith', text, startsWithBytes(text))
    case 'bstartswith':
      return pieceTest('startsWith', readHex(value!), startsWithBytes(readHex(value!)))
    case 'endswith':
      return pieceTest('endsWith', text, endsWithBytes(text))
    case 'icontains': {
      const folded = foldCase(text)
      return pattern(each => foldCase(each).includes(folded))
    }
    case 'glob':
      return pattern(globMatcher(text))
    case 'iglob': {
      const matches = globMatcher(foldCase(text))
      return pattern(each => matches(foldCase(each)))
    }
    case 'regex':
      return pattern(readRegex(value!))
    case 'pmatch':
      return pattern(prefixMatcher(values.map(each => each.text)))
    default:
      return scalarTest(
        operator,
        values.map(each => each.text)
      )
  }
}

/** A test by a method of strings. */
function pieceTest(method: 'includes' | 'startsWith' | 'endsWith', piece: string, onBytes: BytesTest): ValueTest {
  return {
    holds: value => (value as string)[method](piece),
    code: (value, param) => `${value}.${method}(${param(piece)})`,
    onBytes,
    cost: method === 'includes' ? 6 : 2,
    likelihood: 0.05
  }
}

/** Text that is, begins with, ends with or has any of some texts: one look-up decides it. */
export type LookupKind = 'is' | 'begins' | 'ends' | 'has'

/** The operators that look a text up. */
export const lookupKinds: Readonly<Partial<Record<Operator, LookupKind>>> = {
  '=': 'is',
  '==': 'is',
  in: 'is',
  startswith: 'begins',
  endswith: 'ends',
  contains: 'has'
}

/** Any of the texts. */
export function anyOfTest(kind: LookupKind, texts: readonly string[]): ValueTest {
  if (kind === 'is') return scalarTest('in', texts)
  const distinct = [...new Set(texts)]
  const search = kind === 'has' ? new PieceSearch(distinct) : new ByteTrie(distinct, kind)
  const holds = (text: string) => search.holds(text)
  return {
    holds: holds as Holds,
    onBytes: (bytes, start, end) => search.holdsOnBytes(bytes, start, end),
    cost: kind === 'has' ? 8 : 3,
    likelihood: 0.1
  }
}

const symbols: Readonly<Partial<Record<Operator, string>>> = { '!=': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' }

/** Equality, order and membership; text is ordered by bytes, as strcmp does. */
function scalarTest(operator: Operator, constants: readonly Scalar[]): ValueTest {
  const [constant] = constants
  if (constant === undefined) return { holds: () => false, code: () => 'false', cost: 0, likelihood: 0 }
  const symbol = symbols[operator] ?? '==='
  if (symbol === '===' && constants.length > 1) return memberTest(constants)
  if (typeof constant === 'bigint') return bigTest(symbol, constant)
  return {
    holds: compare(symbol, constant),
    code: (value, param) => `${value} ${symbol} ${param(constant)}`,
    ...(symbol === '===' && typeof constant === 'string' && { onBytes: equalsBytes(constant) }),
    cost: 1,
    likelihood: symbol === '===' ? 0.1 : symbol === '!==' ? 0.9 : 0.5
  }
}

/** A value may be a number where the constant is a bigint: they are compared as what they are worth. */
function bigTest(symbol: string, constant: bigint): ValueTest {
  const isEqual = ((value: number | bigint) => value >= constant && value <= constant) as Holds
  const holds =
    symbol === '===' ? isEqual : symbol === '!==' ? (value: Scalar) => !isEqual(value) : compare(symbol, constant)
  return { holds, cost: 2, likelihood: symbol === '===' ? 0.1 : symbol === '!==' ? 0.9 : 0.5 }
}

function compare(symbol: string, constant: Scalar): Holds {
  switch (symbol) {
    case '!==':
      return value => value !== constant
    case '<':
      return value => value < constant
    case '<=':
      return value => value <= constant
    case '>':
      return value => value > constant
    case '>=':
      return value => value >= constant
    default:
      return value => value === constant
  }
}

/**
 * Membership. A look-up in a set of texts has to hash the whole value, which is new with every event; most are of a length
 * that no member has.
 */
function memberTest(members: readonly Scalar[]): ValueTest {
  const set = new Set(members)
  const likelihood = Math.min(0.5, 0.1 + members.length / 100)
  if (members.some(member => typeof member === 'bigint')) {
    const tests = members.map(member => scalarTest('=', [member]).holds)
    return { holds: value => tests.some(isEqual => isEqual(value)), cost: 3, likelihood }
  }
  if (!members.every(member => typeof member === 'string')) {
    return { holds: value => set.has(value), cost: 2, likelihood }
  }
  const lengths = lengthsOf(members)
  const holds = (text: string) => lengths[text.length] === 1 && set.has(text)
  return { holds: holds as Holds, onBytes: ofLengths(lengths, text => set.has(text)), cost: 2, likelihood }
}

function addressTest(operator: Operator, values: readonly Value[]): ValueTest {
  if (values.length === 0) return scalarTest(operator, [])
  const matches = networkMatcher(values.map(readNetwork))
  const isNegated = operator === '!='
  const holds = isNegated ? (address: string) => !matches(address) : matches
  return { holds: holds as Holds, cost: 4, likelihood: isNegated ? 0.9 : 0.1 }
}

function readRegex({ text, place }: Value): (text: string) => boolean {
  try {
    return regexMatcher(text)
  } catch (error) {
    throw ruleError(`${printable(text)} is no regular expression: ${messageOf(error)}`, place)
  }
}
