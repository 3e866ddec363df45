/**
 * The registry of fields: the one source for the compiler, for listings and documentation, and for the nearest names in
 * error messages. Here lives what a field is and how its value is read from an event, one file for each class of fields;
 * how values are compared lives one floor up (operators.ts). A class is added with one file and one line below.
 */

import { didYouMean } from '../../../base/nearest.ts'
import { alertSource } from '../alert-event.ts'
import { type FieldReference, fieldText } from '../ast.ts'
import { ruleError } from '../problems.ts'
import { alert } from './alert.ts'
import { container } from './container.ts'
import { evt } from './evt.ts'
import { evtSyscall } from './evt-syscall.ts'
import { fd } from './fd.ts'
import type { Argument, ArgumentRule, Field, FieldClass, FieldType, Shape } from './field.ts'
import { fsPath } from './fs-path.ts'
import { group } from './group.ts'
import { internal } from './internal.ts'
import { k8s } from './k8s.ts'
import { proc } from './proc.ts'
import { syscall } from './syscall.ts'
import { thread } from './thread.ts'
import { user } from './user.ts'

export const fieldClasses: readonly FieldClass[] = [
  evt,
  evtSyscall,
  syscall,
  proc,
  thread,
  user,
  group,
  fd,
  fsPath,
  container,
  k8s,
  internal,
  alert
]

/** Every source that rules can be about and some class of fields belongs to. */
export const fieldSources: readonly string[] = [
  ...new Set(fieldClasses.flatMap(({ sources }) => sources ?? []).filter(source => source !== alertSource))
]

/** Fields whose argument may also follow a dot: `evt.arg.flags` is `evt.arg[flags]`. */
const dotted = [
  'evt.arg',
  'evt.rawarg',
  'evt.type.is',
  'thread.cgroup',
  'container.label',
  'k8s.pod.label',
  'k8s.ns.label',
  'k8s.rc.label',
  'k8s.rs.label',
  'k8s.deployment.label',
  'k8s.svc.label'
]

interface Entry {
  readonly field: Field
  readonly sources: readonly string[] | undefined
}

const entries = new Map<string, Entry>(
  fieldClasses.flatMap(({ fields, sources }) => fields.map(field => [field.name, { field, sources }] as const))
)

/** A field with its argument, as rule text uses it. */
export interface FieldUse {
  readonly field: Field
  readonly argument: Argument
  /** As written, for messages and as the key in an alert. */
  readonly text: string
}

/**
 * Looks a field up and checks its argument.
 *
 * @throws TercelError TERCEL_RULES when events of `source` have no such field or the argument does not fit
 */
export function useField(reference: FieldReference, source: string): FieldUse {
  const text = fieldText(reference)
  const entry = entries.get(reference.name)
  const base = entry === undefined ? dottedBase(reference.name) : undefined
  if (base !== undefined) {
    const argument = reference.name.slice(base.length + 1)
    return { ...useField({ ...reference, name: base, argument }, source), text }
  }
  if (entry === undefined) {
    const hint = didYouMean(reference.name, fieldNames(source))
    throw ruleError(`unknown field ${reference.name}${hint}`, reference.place, 'LOAD_ERR_UNKNOWN_FILTER')
  }
  if (!appliesTo(entry, source)) {
    const message = `events of source ${source} have no field ${reference.name}`
    throw ruleError(message, reference.place, 'LOAD_ERR_UNKNOWN_FILTER')
  }
  return { field: entry.field, argument: checkArgument(entry.field, reference), text }
}

/** `evt.arg[flags]` for `evt.arg.flags`; any other name as it is. */
export function bracketedName(name: string): string {
  const base = entries.has(name) ? undefined : dottedBase(name)
  return base === undefined ? name : `${base}[${name.slice(base.length + 1)}]`
}

function dottedBase(name: string): string | undefined {
  return dotted.find(base => name.startsWith(`${base}.`))
}

/** The names of the fields that events of a source have. */
export function fieldNames(source: string): string[] {
  return [...entries.values()].filter(entry => appliesTo(entry, source)).map(({ field }) => field.name)
}

/** What can be told of a field without an event. */
export interface ListedField {
  readonly class: string
  readonly name: string
  readonly type: FieldType
  readonly shape: Shape
  readonly argument: ArgumentRule | undefined
  readonly sources: readonly string[]
  readonly description: string
  readonly deprecated: string | undefined
  /** Whether any event can have a value for it yet. */
  readonly filled: boolean
}

/** The fields of these classes, in order. */
export function listFields(classes: readonly FieldClass[] = fieldClasses): ListedField[] {
  return classes.flatMap(({ name: className, sources = fieldSources, fields }) =>
    fields.map(({ name, type, shape, argument, description, deprecated, extraction }) => ({
      class: className,
      name,
      type,
      shape,
      argument,
      sources,
      description,
      deprecated,
      filled: extraction !== undefined
    }))
  )
}

/** Whether events of a source have the fields; alerts can have those of any event, where their rule prints them. */
export function appliesTo({ sources }: Pick<Entry, 'sources'>, source: string): boolean {
  return sources === undefined || source === alertSource || sources.includes(source)
}

function checkArgument({ name, argument: rule }: Field, { argument, place }: FieldReference): Argument {
  if (argument === undefined) {
    if (rule?.required) throw ruleError(`${name} needs an argument: ${name}[…]`, place)
    return undefined
  }
  if (rule === undefined) throw ruleError(`${name} takes no argument`, place)
  if (rule.of === 'key') return argument
  if (/^\d{1,9}$/.test(argument)) return Number(argument)
  if (rule.of === 'either') return argument
  throw ruleError(`expected a whole number between the brackets of ${name}, found ${argument}`, place)
}
