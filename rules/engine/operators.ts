/** What an operator and its constants say about one value. Constants are read and checked here, once. */

import { messageOf } from '../../base/errors.ts'
import type { ListModifier, Operator, Value } from './ast.ts'
import { type BytesTest, containsBytes, endsWithBytes, startsWithBytes } from './byte-tests.ts'
import { ByteTrie } from './byte-trie.ts'
import { foldCase } from './case.ts'
import { type NumberType, readBoolean, readHex, readNetwork, readNumber, readPriority } from './constants.ts'
import type { FieldType } from './fields/field.ts'
import { globMatcher } from './glob.ts'
import { networkMatcher } from './ip.ts'
import { prefixMatcher } from './path-prefix.ts'
import { PieceSearch } from './piece-search.ts'
import { printable } from './printable.ts'
import { ruleError } from './problems.ts'
import { regexMatcher } from './regex.ts'
import { type Holds, scalarTest, type ValueTest } from './value-test.ts'

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
  RELTIME: numeric,
  PRIORITY: numeric
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
    case 'PRIORITY':
      return scalarTest(
        operator,
        values.map(value => readPriority(value, name))
      )
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
