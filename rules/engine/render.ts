/** Values of fields as an alert shows them. */

import type { Event } from '../../collector/event.ts'
import { formatAddress } from '../../collector/sockets.ts'
import { type OutputValue, priorities } from '../alert.ts'
import type { Context, FieldType, Scalar } from './fields/field.ts'
import { printable } from './printable.ts'
import type { Reading } from './reading.ts'

/** What a missing value prints. */
const missing = '<NA>'

/** The value of a reading for `output_fields`; null when it is missing. */
export function outputValue({ type, extraction, argument }: Reading, event: Event, context: Context): OutputValue {
  switch (extraction?.kind) {
    case undefined:
      return null
    case 'host': {
      const address = extraction.read(event, context, argument)
      return outputScalar(type, address === undefined ? undefined : context.hosts?.nameOf(address))
    }
    case 'list':
      return outputList(type, extraction.read(event, context, argument) ?? [])
    case 'ends': {
      const ends = extraction.reads.map(read => read(event, context, argument)).filter(end => end !== undefined)
      return ends.length === 0 ? null : outputList(type, ends)
    }
    case 'ancestors':
      return outputList(type, extraction.readAll(event, context, argument) ?? [])
    case 'paths': {
      const path = extraction.resolved(event)
      return outputScalar(type, path === undefined ? undefined : extraction.of(path, event))
    }
    case 'one':
      return outputScalar(type, extraction.read(event, context, argument))
  }
}

/** The same value as it stands in the text of an alert. */
export function outputText(value: OutputValue): string {
  if (value === null) return missing
  return typeof value === 'object' ? `(${value.join(',')})` : String(value)
}

function outputList(type: FieldType, values: readonly Scalar[]): OutputValue {
  return values.map(value => {
    const shown = outputScalar(type, value)
    return typeof shown === 'number' ? shown : outputText(shown)
  })
}

function outputScalar(type: FieldType, value: Scalar | undefined): OutputValue {
  if (value === undefined) return null
  if (typeof value === 'bigint') return Number(value)
  if (type === 'PRIORITY') return priorities.at(-1 - Number(value)) ?? null
  if (typeof value !== 'string') return value
  return type === 'IPADDR' || type === 'IPNET' ? formatAddress(value) : printable(value)
}
