/** Conditions and fields over alerts: what an output's `when` and `throttle` name. */

import type { Place } from '../../base/errors.ts'
import type { Alert, OutputValue } from '../alert.ts'
import { type AlertEvent, alertEvent, alertSource } from './alert-event.ts'
import { compileCondition, nowhere } from './condition.ts'
import { extractionOfValues, GivenEventError, type GivenValue, scalarOf } from './field-event.ts'
import { fieldOfText } from './field-text.ts'
import type { Extraction, FieldType, Scalar } from './fields/field.ts'
import type { FieldUse } from './fields/registry.ts'
import { readingOf } from './operand-reading.ts'
import { outputValue } from './render.ts'
import { textAt, toBytes } from './source-text.ts'

export interface AlertCondition {
  readonly holds: (alert: Alert) => boolean
  /** The fields that it reads from `output_fields`: a rule has to print them. */
  readonly fields: readonly string[]
}

/**
 * Compiles a condition over alerts: `alert.priority >= warning and k8s.ns.name != kube-system`. A field that is not in
 * `output_fields`, or has a value there that it cannot have, is missing.
 *
 * @param place where the condition stands
 * @throws TercelError TERCEL_RULES with every problem of the condition
 */
export function alertCondition(text: string, place: Place): AlertCondition {
  const fields = new Set<string>()
  const holds = compileCondition(textAt(text, place), {
    source: alertSource,
    extractionOf,
    onField: use => {
      if (!isOfAlert(use)) fields.add(use.text)
    }
  })
  return { holds: alert => holds(alertEvent(alert)), fields: [...fields] }
}

export interface AlertField {
  /** As it was written. */
  readonly name: string
  /** Its value as alerts show it; null where it is missing. */
  readonly read: (alert: Alert) => OutputValue
}

/**
 * Reads a field of alerts: `alert.rule`, `container.id`.
 *
 * @throws TercelError TERCEL_RULES when there is no such field
 */
export function alertField(text: string, place: Place): AlertField {
  const { field, argument } = fieldOfText(textAt(text, place), alertSource, 'of an alert')
  const reference = { kind: 'field', name: field.name, argument: argument?.toString(), place } as const
  const reading = readingOf(reference, { source: alertSource, extractionOf, onField: () => {} })
  return { name: text, read: alert => outputValue(reading, alertEvent(alert), nowhere) }
}

function isOfAlert({ field }: FieldUse): boolean {
  return field.name.startsWith(`${alertSource}.`)
}

function extractionOf(use: FieldUse): Extraction {
  const { field, argument } = use
  if (isOfAlert(use) && field.extraction !== undefined) return field.extraction
  // Rules print a field under the name that they have written.
  const keys = [use.text, argument === undefined ? field.name : `${field.name}[${argument}]`]
  if (field.argument?.of !== 'index' && argument !== undefined) keys.push(`${field.name}.${argument}`)
  return extractionOfValues<AlertEvent>(use, {
    read: ({ alert }) => firstOf(alert, keys),
    readAll: ({ alert }) => firstOf(alert, [field.name]),
    scalarOf: scalarOfAlert
  }) as Extraction
}

function firstOf({ output_fields: fields }: Alert, keys: readonly string[]): OutputValue | undefined {
  const key = keys.find(each => Object.hasOwn(fields, each))
  return key === undefined ? undefined : fields[key]
}

/** What another sensor says may be anything: a value that its field cannot have counts as missing. */
function scalarOfAlert(value: GivenValue | undefined, type: FieldType, key: string): Scalar | undefined {
  // Alerts show bytes as text.
  if (type === 'BYTEBUF') return typeof value === 'string' ? toBytes(value) : undefined
  try {
    return scalarOf(value, type, key)
  } catch (error) {
    if (error instanceof GivenEventError) return undefined
    throw error
  }
}
