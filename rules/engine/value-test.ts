/** A test of one value, and the tests that compare values as they are: equality, order and membership. */

import type { Operator } from './ast.ts'
import { type BytesTest, equalsBytes, lengthsOf, ofLengths } from './byte-tests.ts'
import type { Scalar } from './fields/field.ts'

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

const symbols: Readonly<Partial<Record<Operator, string>>> = { '!=': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' }

/** Equality, order and membership; text is ordered by bytes, as strcmp does. */
export function scalarTest(operator: Operator, constants: readonly Scalar[]): ValueTest {
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
