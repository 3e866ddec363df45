/** What a test reads of an event: how many values there are, of which type, and how they are found. */

import type { Event } from '../../collector/event.ts'
import type { Argument, Context, Extraction, FieldType, Scalar, Shape } from './fields/field.ts'

export interface Reading {
  /** As rule text; readings of the same text give the same value. */
  readonly text: string
  readonly type: FieldType
  readonly shape: Shape
  /** Undefined where nothing delivers the value: it is missing in every event. */
  readonly extraction: Extraction | undefined
  readonly argument: Argument
  /** As Field.cost. */
  readonly cost: number
}

/** Reads all values; undefined when they are missing. */
export type ReadAll = (event: Event, context: Context) => readonly Scalar[] | undefined

/** Whether a reading has several values that are a list to tests. */
export function isList({ shape }: Reading): boolean {
  return shape === 'list' || shape === 'ancestors'
}

/** Reads the values of a list. */
export function allOf({ extraction, argument }: Reading): ReadAll | undefined {
  if (extraction?.kind === 'list') return (event, context) => extraction.read(event, context, argument)
  if (extraction?.kind === 'ancestors') return (event, context) => extraction.readAll(event, context, argument)
  return undefined
}

/** Reads the values that stand for one: both ends of a connection, or the resolved path. */
export function firstOf({ extraction, argument }: Reading): ReadAll | undefined {
  switch (extraction?.kind) {
    case 'one':
      return (event, context) => present(extraction.read(event, context, argument))
    case 'ends':
      return (event, context) => present(...extraction.reads.map(read => read(event, context, argument)))
    case 'paths':
      return event => {
        const path = extraction.resolved(event)
        return path === undefined ? undefined : present(extraction.of(path, event))
      }
    default:
      return undefined
  }
}

function present(...values: readonly (Scalar | undefined)[]): readonly Scalar[] | undefined {
  const found = values.filter(value => value !== undefined)
  return found.length === 0 ? undefined : found
}
