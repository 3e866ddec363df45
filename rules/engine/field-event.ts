/**
 * Events that are given as a map of fields, as tests of rules and conditions at the prompt write them: the value of a field is
 * what the map says, and missing where it says nothing.
 */

import type { Event, Nanoseconds } from '../../collector/event.ts'
import { priorityOf, rankOf } from '../alert.ts'
import { wholeNumber } from './constants.ts'
import type { Extraction, FieldType, Scalar } from './fields/field.ts'
import { bracketedName, type FieldUse } from './fields/registry.ts'
import { parseNetwork } from './ip.ts'
import { toBytes } from './source-text.ts'

/** Text, numbers (64 bits as text), booleans, and lists of them. */
export type GivenValue = string | number | boolean | null | readonly (string | number | boolean)[]

export interface FieldEvent extends Event {
  /** By the field as rule text names it. */
  readonly fields: ReadonlyMap<string, GivenValue>
}

/** What of an event is wrong. */
export class GivenEventError extends Error {}

/** A time for events that have none: rate limits and outputs go by it. */
const noTime = 0n

/**
 * Makes an event of plain data.
 *
 * @throws GivenEventError where a value is none that a field can have
 */
export function fieldEvent({
  source = 'syscall',
  fields
}: {
  readonly source?: string | undefined
  readonly fields: Readonly<Record<string, unknown>>
}): FieldEvent {
  const given = new Map<string, GivenValue>()
  for (const [key, value] of Object.entries(fields)) {
    if (!isGiven(value)) {
      throw new GivenEventError(`${key}: expected a text, a number, true or false, or a list of them`)
    }
    given.set(toBytes(normalKey(key)), value)
  }
  const type = given.get('evt.type')
  const time = given.get('evt.rawtime')
  return { source, type: typeof type === 'string' ? type : '', time: readTime(time) ?? noTime, fields: given }
}

/** `evt.arg.flags` and `evt.arg["flags"]` are `evt.arg[flags]`. */
function normalKey(key: string): string {
  const quoted = /^([^[]*)\[(["'])(.*)\2\]$/.exec(key)
  const plain = quoted === null ? key : `${quoted[1]}[${quoted[3]}]`
  return bracketedName(plain)
}

function isGiven(value: unknown): value is GivenValue {
  if (Array.isArray(value)) return value.every(item => isGiven(item) && item !== null && typeof item !== 'object')
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** How the value of a field is found in such an event: to load rules with, whose events are all given ones. */
export function givenExtraction({ field, argument }: FieldUse): Extraction {
  const key = argument === undefined ? field.name : `${field.name}[${argument}]`
  return extractionOfValues<FieldEvent>(
    { field, argument },
    { read: ({ fields }) => fields.get(key), readAll: ({ fields }) => fields.get(field.name), scalarOf }
  ) as Extraction
}

/** Where values of fields are plain data: how one is found, and how it is read. */
export interface ValueReading<E extends Event> {
  readonly read: (event: E) => GivenValue | undefined
  /** The value without the argument: all ancestors, for instance. */
  readonly readAll: (event: E) => GivenValue | undefined
  readonly scalarOf: (value: GivenValue | undefined, type: FieldType, key: string) => Scalar | undefined
}

/** How a field is found where its values are plain data: what has several values is a list there. */
export function extractionOfValues<E extends Event>(
  { field: { type, shape, name }, argument }: Pick<FieldUse, 'field' | 'argument'>,
  { read, readAll, scalarOf }: ValueReading<E>
): Extraction<E> {
  const key = argument === undefined ? name : `${name}[${argument}]`
  const one = (event: E) => scalarOf(read(event), type, key)
  const listOf = (value: GivenValue | undefined) => {
    if (value === undefined || value === null) return undefined
    const items = Array.isArray(value) ? value : [value]
    return items.map(item => scalarOf(item, type, key)).filter(item => item !== undefined)
  }
  switch (shape) {
    case 'list':
      return { kind: 'list', read: event => listOf(read(event)) }
    case 'ends':
      return {
        kind: 'ends',
        reads: [
          event => scalarOf(partOf(read(event), 0), type, key),
          event => scalarOf(partOf(read(event), 1), type, key)
        ]
      }
    case 'ancestors': {
      const all = (event: E) => listOf(readAll(event))
      return {
        kind: 'ancestors',
        read: event => one(event) ?? (Number(argument) > 0 ? all(event)?.[Number(argument) - 1] : undefined),
        readAll: all,
        some: (event, holds) => all(event)?.some(holds) ?? false
      }
    }
    default:
      return { kind: 'one', read: one }
  }
}

function partOf(value: GivenValue | undefined, index: number): GivenValue | undefined {
  if (Array.isArray(value)) return value[index]
  return index === 0 ? value : undefined
}

/** @throws GivenEventError for a value that the type does not have */
export function scalarOf(value: GivenValue | undefined, type: FieldType, key: string): Scalar | undefined {
  if (value === undefined || value === null) return undefined
  const wrong = (expected: string) =>
    new GivenEventError(`${key}: expected ${expected}, found ${JSON.stringify(value)}`)
  if (typeof value === 'object') throw wrong('one value')
  switch (type) {
    case 'CHARBUF':
      return toBytes(String(value))
    case 'BYTEBUF':
      if (typeof value !== 'string' || !/^([0-9a-fA-F]{2})*$/.test(value)) throw wrong('bytes as hexadecimal digits')
      return Buffer.from(value, 'hex').toString('latin1')
    case 'BOOL':
      if (value === true || value === 'true') return true
      if (value === false || value === 'false') return false
      throw wrong('true or false')
    case 'IPADDR':
    case 'IPNET': {
      const network = parseNetwork(String(value))
      if (network === undefined || network.bits < network.address.length * 8) throw wrong('an address')
      return network.address
    }
    case 'PRIORITY': {
      const priority = priorityOf(String(value))
      if (priority === undefined) throw wrong('a priority such as Warning')
      return rankOf(priority)
    }
    default: {
      if (!/^[-+]?\d+$/.test(String(value))) throw wrong('a whole number')
      return wholeNumber(BigInt(value), type)
    }
  }
}

function readTime(value: GivenValue | undefined): Nanoseconds | undefined {
  return /^\d+$/.test(String(value)) ? BigInt(String(value)) : undefined
}
