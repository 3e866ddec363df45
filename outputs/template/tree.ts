/**
 * Structures whose texts are templates. They are filled in and only then written as JSON, so nothing that stands in an
 * alert can leave its place.
 */
import { nearestName } from '../../base/nearest.ts'
import { join, type Pointer, type Tree } from '../../config/document.ts'
import { compileText, compileValue, isExpression, isTemplate, type Names, type Scope, TemplateError } from './engine.ts'
import { attempt, type TemplateFinding } from './findings.ts'

const keywords = ['$for', '$each', '$merge']

export type Fill = (scope: Scope) => unknown

/**
 * Compiles a structure.
 *
 * - A text that is one `{{ expression }}` gives the expression's value; where that is nothing, its key is left out.
 * - `{$for: "{{ list }}", $each: …}` gives a list: `$each` with each `item` of the list. Within a list its items become
 *   items of that.
 * - `$merge: "{{ object }}"` beside other keys adds the object's; the other keys win.
 *
 * @param findings takes what is wrong; what is returned must not be used then.
 */
export function compileTree(tree: Tree, pointer: Pointer, names: Names, findings: TemplateFinding[]): Fill {
  if (typeof tree === 'string') return compileLeaf(tree, pointer, names, findings)
  if (Array.isArray(tree)) return compileList(tree, pointer, names, findings)
  if (tree === null || typeof tree !== 'object') return () => tree
  if (Object.hasOwn(tree, '$for')) return compileFor(tree, pointer, names, findings)
  const members: [key: string, fill: Fill][] = []
  for (const [key, member] of Object.entries(tree)) {
    const at = join(pointer, key)
    // Other keys may begin so, such as $schema; a slip of the pen would be sent as it is.
    const meant = key.startsWith('$') && key !== '$merge' ? nearestName(key, keywords) : undefined
    if (meant !== undefined) findings.push({ pointer: at, message: `unknown key ${key}; did you mean ${meant}?` })
    members.push([key, compileTree(member, at, names, findings)])
  }
  return scope => fillMap(members, scope)
}

function fillMap(members: readonly [key: string, fill: Fill][], scope: Scope): object {
  const entries: [string, unknown][] = []
  for (const [key, fill] of members) {
    const value = fill(scope)
    if (key === '$merge') entries.unshift(...Object.entries(Object(value)))
    else if (isThere(value)) entries.push([key, value])
  }
  // Not by assignment: a field that is named __proto__ is a field.
  return Object.fromEntries(entries)
}

function compileLeaf(text: string, pointer: Pointer, names: Names, findings: TemplateFinding[]): Fill {
  if (!isTemplate(text)) return () => text
  const compile = isExpression(text) ? compileValue : compileText
  const fill = attempt(() => compile(text.trim(), names), pointer, findings)
  return scope => placed(() => fill?.(scope), pointer)
}

function placed<T>(work: () => T, pointer: Pointer): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof TemplateError) error.pointer = pointer
    throw error
  }
}

function compileList(list: readonly Tree[], pointer: Pointer, names: Names, findings: TemplateFinding[]): Fill {
  const items = list.map((item, index) => ({
    fill: compileTree(item, join(pointer, index), names, findings),
    spread: item !== null && typeof item === 'object' && Object.hasOwn(item, '$for')
  }))
  return scope =>
    items.flatMap(({ fill, spread }) => {
      const value = fill(scope)
      return spread ? (value as unknown[]) : isThere(value) ? [value] : []
    })
}

function compileFor(tree: { [key: string]: Tree }, pointer: Pointer, names: Names, findings: TemplateFinding[]): Fill {
  for (const key of Object.keys(tree)) {
    if (key === '$for' || key === '$each') continue
    findings.push({ pointer: join(pointer, key), message: `unknown key ${key}: expected $for and $each` })
  }
  if (tree.$each === undefined) findings.push({ pointer, message: '$for needs $each: what is made of each item' })
  const list = compileTree(tree.$for!, join(pointer, '$for'), names, findings)
  const each = compileTree(tree.$each ?? null, join(pointer, '$each'), { ...names, item: true }, findings)
  return scope => {
    const items = list(scope)
    return Array.isArray(items) ? items.map(item => each({ ...scope, item })) : []
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}
