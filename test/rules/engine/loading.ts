/** What the tests of the loader share: rule files in memory, and what is made of them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Problem, TercelError } from '../../../base/errors.ts'
import { fieldEvent, givenExtraction } from '../../../rules/engine/field-event.ts'
import { type LoadOptions, parseRuleFiles } from '../../../rules/engine/load.ts'
import { printCondition } from '../../../rules/engine/print.ts'
import type { Rule, Ruleset } from '../../../rules/engine/ruleset.ts'
import { sampleContext } from '../support.ts'

/** Rule files by their text: `1.yaml`, `2.yaml` and so on. */
export type Files = string | readonly string[]
export type Fields = Readonly<Record<string, unknown>>

/** Loads rules over events that are given as fields. */
export function load(files: Files, options: LoadOptions = {}): Ruleset {
  const extractionOf = givenExtraction
  return parseRuleFiles(
    [files].flat().map((text, index) => ({ path: `${index + 1}.yaml`, text })),
    { extractionOf, ...options }
  )
}

/** The rule R. */
export function ruleOf(files: Files, options?: LoadOptions): Rule {
  return load(files, options).rules.find(({ name }) => name === 'R')!
}

/** The condition of the rule R with its lists, macros and exceptions, as text. */
export function conditionOf(files: Files, options?: LoadOptions): string {
  return printCondition(ruleOf(files, options).condition, { macros: 'body' })
}

/** The names of the rules that match an `open` with these fields. */
export function matched(files: Files, fields: Fields, options?: LoadOptions): string[] {
  const event = fieldEvent({ fields: { 'evt.type': 'open', ...fields } })
  return load(files, options)
    .match(event, sampleContext)
    .map(({ name }) => name)
}

/** Every problem of the files, as `2.yaml:4:14 CODE: message`; none when they load. */
export function problemsOf(files: Files, options?: LoadOptions): string[] {
  try {
    load(files, options)
    return []
  } catch (error) {
    if (!(error instanceof TercelError) || error.code !== 'TERCEL_RULES') throw error
    return error.problems.map(told)
  }
}

/** Every warning, in the same form. */
export function warningsOf(files: Files, options?: LoadOptions): string[] {
  return load(files, options).warnings.map(told)
}

function told({ message, place, code }: Problem): string {
  return `${place === undefined ? '' : `${place.file}:${place.line}:${place.column} `}${code}: ${message}`
}

export type Refused = readonly [what: string, files: Files, ...problems: string[]]

/** Files that do not load, with their problems to the letter. */
export function refused(rows: readonly Refused[]): void {
  for (const [what, files, ...problems] of rows) {
    test(`${what} is an error`, () => assert.deepEqual(problemsOf(files), problems))
  }
}

/** An item of a rule file: its keys with their values as YAML. */
export function item(keys: Readonly<Record<string, string>>): string {
  const lines = Object.entries(keys).map(([key, value]) => `${key}: ${value}`)
  return `- ${lines.join('\n  ')}\n`
}

/** A whole rule, which is R where the keys do not say otherwise. */
export function ruleItem(keys: Readonly<Record<string, string>> = {}): string {
  const whole = { rule: 'R', desc: 'd', priority: 'INFO', condition: 'evt.type = open', output: 'o', ...keys }
  return item(whole)
}

export function list(name: string, items: string, keys: Readonly<Record<string, string>> = {}): string {
  return item({ list: name, items: `[${items}]`, ...keys })
}

export function macro(name: string, condition: string, keys: Readonly<Record<string, string>> = {}): string {
  return item({ macro: name, condition, ...keys })
}
