/** The constants of conditions, read as values of the types of fields. */

import { didYouMean } from '../../base/nearest.ts'
import { priorityNames, priorityOf, rankOf } from '../alert.ts'
import type { Value } from './ast.ts'
import type { FieldType, Scalar } from './fields/field.ts'
import { parseNetwork } from './ip.ts'
import { printable } from './printable.ts'
import { ruleError } from './problems.ts'
import { portOf } from './service-names.ts'

/** Types whose values are numbers; those of times are bigints. */
export type NumberType = Exclude<FieldType, 'CHARBUF' | 'BYTEBUF' | 'BOOL' | 'IPADDR' | 'IPNET' | 'PRIORITY'>

const ranges: Readonly<Record<NumberType, readonly [low: bigint, high: bigint]>> = {
  INT64: [-(1n << 63n), (1n << 63n) - 1n],
  UINT32: [0n, (1n << 32n) - 1n],
  UINT64: [0n, (1n << 64n) - 1n],
  PORT: [0n, 65535n],
  ABSTIME: [0n, (1n << 64n) - 1n],
  RELTIME: [-(1n << 63n), (1n << 64n) - 1n]
}

/** Whether values of the type are bigints. */
export function isTime(type: FieldType): boolean {
  return type === 'ABSTIME' || type === 'RELTIME'
}

/**
 * A whole number, decimal or hexadecimal; a port may also be the name of a service.
 *
 * @throws TercelError TERCEL_RULES when it is none, or out of the range of the type
 */
export function readNumber({ text, place }: Value, type: NumberType, name: string): Scalar {
  const port = type === 'PORT' ? portOf(text) : undefined
  if (port !== undefined) return port
  const match = /^([-+]?)(0[xX][0-9a-fA-F]{1,32}|\d{1,32})$/.exec(text)
  if (match === null) throw ruleError(`expected a whole number for ${name}, found ${printable(text)}`, place)
  const number = match[1] === '-' ? -BigInt(match[2]!) : BigInt(match[2]!)
  const [low, high] = ranges[type]
  if (number < low || number > high) {
    throw ruleError(`expected a number from ${low} to ${high} for ${name}, found ${text}`, place)
  }
  return wholeNumber(number, type)
}

/** Times are bigints, other numbers only where a number is not exact. */
export function wholeNumber(number: bigint, type: FieldType): Scalar {
  return isTime(type) || !Number.isSafeInteger(Number(number)) ? number : Number(number)
}

/** @throws TercelError TERCEL_RULES */
export function readBoolean({ text, place }: Value, name: string): boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  throw ruleError(`expected true or false for ${name}, found ${printable(text)}`, place)
}

/** The rank of a priority, 0 for Debug to 7 for Emergency. @throws TercelError TERCEL_RULES */
export function readPriority({ text, place }: Value, name: string): number {
  const priority = priorityOf(text)
  if (priority !== undefined) return rankOf(priority)
  const hint = didYouMean(text.toLowerCase(), priorityNames.keys())
  throw ruleError(`expected a priority such as warning for ${name}, found ${printable(text)}${hint}`, place)
}

/** Hexadecimal digits as bytes. @throws TercelError TERCEL_RULES */
export function readHex({ text, place }: Value): string {
  if (!/^([0-9a-fA-F]{2})+$/.test(text)) {
    throw ruleError(`expected bytes as hexadecimal digits, two for each, found ${printable(text)}`, place)
  }
  return Buffer.from(text, 'hex').toString('latin1')
}

/** An address, or a network. @throws TercelError TERCEL_RULES */
export function readNetwork({ text, place }: Value) {
  const network = parseNetwork(text)
  if (network !== undefined) return network
  throw ruleError(`expected an address or a network such as 10.0.0.0/8, found ${printable(text)}`, place)
}
