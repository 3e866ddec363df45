/** Constants that look as if another field were meant: `proc.name = proc.pname` compares with a text. */

import { type Expression, leavesOf, transformerNames, type Value } from './ast.ts'
import { bracketedName, fieldNames } from './fields/registry.ts'

/** A constant without its blanks: the name of a field, or a transformer with what is in its parentheses. */
const field = /^([a-z][a-z0-9_]*(?:\.[a-zA-Z0-9_]+)+)(?:\[[^\]]*\])?$/
const transformer = new RegExp(`^(?:val|${transformerNames.join('|')})\\(.*\\)$`)

export type Misused = { readonly value: Value; readonly meant: 'field' | 'transformer' }

/** The constants of a condition for events of a source that are the text of a field or transformer. */
export function misusedFields(condition: Expression, source: string): Misused[] {
  const names = new Set(fieldNames(source))
  return valuesOf(condition).flatMap((value): Misused[] => {
    const text = value.text.replace(/[ \t-\r]/g, '')
    const name = field.exec(text)?.[1]
    if (name !== undefined && names.has(bracketedName(name).replace(/\[.*/s, ''))) return [{ value, meant: 'field' }]
    return transformer.test(text) ? [{ value, meant: 'transformer' }] : []
  })
}

function valuesOf(condition: Expression): readonly Value[] {
  return leavesOf(condition).flatMap(leaf =>
    leaf.kind === 'test' && leaf.right.kind === 'values' ? leaf.right.values : []
  )
}
