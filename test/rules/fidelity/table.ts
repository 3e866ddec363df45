/**
 * What the rule language means, as tables of conditions, fields and outcomes. They are written from the semantics of the
 * language, never from what the engine answers. The naive evaluator is held to them too, so that it may judge random
 * conditions.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { conditionOverFields } from '../../../rules/engine/condition.ts'
import { fieldEvent } from '../../../rules/engine/field-event.ts'
import { parseCondition } from '../../../rules/engine/parser.ts'
import { wholeText } from '../../../rules/engine/source-text.ts'
import { naiveHolds } from '../engine/naive.ts'

/** An event: its fields by name, in the form that `fieldEvent` reads. */
export type Fields = Readonly<Record<string, unknown>>

/** A condition, whether it holds, and the fields that differ from those of the table. */
export type Row = readonly [condition: string, expected: boolean, fields?: Fields]

/** Every row holds, or not, as it says; all that differ are told at once. */
export function table(sentence: string, fields: Fields, rows: readonly Row[], source = 'syscall'): void {
  test(sentence, () => {
    const wrong = rows.flatMap(([condition, expected, own]) => {
      const event = { ...fields, ...own }
      const shown = `${condition}, for ${JSON.stringify(event)}, expected ${expected}`
      return [
        ...disagreement(`engine: ${shown}`, expected, () =>
          conditionOverFields(condition, source)(fieldEvent({ source, fields: event }))
        ),
        ...disagreement(`naive evaluator: ${shown}`, expected, () =>
          naiveHolds(parseCondition(wholeText(condition)), event, source)
        )
      ]
    })
    assert.deepEqual(wrong, [])
  })
}

/** None of these conditions compiles. */
export function rejected(sentence: string, conditions: readonly string[], source = 'syscall'): void {
  test(sentence, () => {
    const accepted = conditions.flatMap(condition => {
      try {
        conditionOverFields(condition, source)
        return [condition.slice(0, 200)]
      } catch (error) {
        if (error instanceof TercelError && error.code === 'TERCEL_RULES') return []
        return [`${condition.slice(0, 200)} fails with ${error}`]
      }
    })
    assert.deepEqual(accepted, [], 'compiled, or failed without being a problem of the rules')
  })
}

function disagreement(shown: string, expected: boolean, evaluate: () => boolean): string[] {
  try {
    const actual = evaluate()
    return actual === expected ? [] : [`${shown}, found ${actual}`]
  } catch (error) {
    return [`${shown}, found ${error}`]
  }
}
