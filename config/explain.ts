/** What ajv found, in words: what was expected, what stands there, and the nearest valid name. */
import type { ErrorObject } from 'ajv'
import { didYouMean } from '../base/nearest.ts'
import { join, type Pointer } from './document.ts'
import { formats } from './formats.ts'

export interface Finding {
  readonly pointer: Pointer
  /** Whether the key is wrong or its value. */
  readonly at: 'key' | 'value'
  readonly message: string
}

/** A combination says little itself; its branches say what is wrong. */
const combinations = ['anyOf', 'oneOf', 'allOf', 'if']

const bounds: Readonly<Record<string, string>> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'more than',
  '<': 'less than'
}

/** Longer texts are not quoted, and never in part: what is cut off a secret is no longer recognized as one. */
const maxQuoted = 60

/** Gives one finding for each error, without those that only repeat another one. */
export function explain(
  errors: readonly ErrorObject[],
  references: ReadonlyMap<Pointer, string>,
  alsoKnown: readonly string[]
): Finding[] {
  const findings = withoutRepeats(errors).map(error => explainOne(error, references, alsoKnown))
  const seen = new Set<string>()
  return findings.filter(({ pointer, message }) => {
    const key = JSON.stringify([pointer, message])
    return !seen.has(key) && seen.add(key)
  })
}

/**
 * Of a failed combination either the branches' errors inside the value are kept (one branch nearly fitted) or the
 * combination's own.
 */
function withoutRepeats(errors: readonly ErrorObject[]): ErrorObject[] {
  const failed = errors.filter(error => combinations.includes(error.keyword))
  return errors.filter(error => {
    if (error.keyword === 'if' || error.keyword === 'allOf') return false
    // What is wrong with the name of a key has been said by an error of its own.
    if (error.keyword === 'propertyNames') return false
    // A text where a number belongs is not also told that it is none of the allowed numbers.
    const wrongType = (other: ErrorObject): boolean =>
      other.keyword === 'type' && other.schemaPath === `${parentPath(error)}/type` && other !== error
    if (errors.some(wrongType)) return false
    if (combinations.includes(error.keyword)) return !errors.some(other => isInside(other, error))
    const outer = failed.filter(other => other !== error && error.schemaPath.startsWith(`${other.schemaPath}/`))
    return outer.every(other => other.keyword === 'if' || other.keyword === 'allOf' || isInside(error, other))
  })
}

function parentPath({ schemaPath }: ErrorObject): string {
  return schemaPath.slice(0, schemaPath.lastIndexOf('/'))
}

function isInside(error: ErrorObject, combination: ErrorObject): boolean {
  return (
    error.schemaPath.startsWith(`${combination.schemaPath}/`) &&
    error.instancePath.startsWith(`${combination.instancePath}/`)
  )
}

function explainOne(
  error: ErrorObject,
  references: ReadonlyMap<Pointer, string>,
  alsoKnown: readonly string[]
): Finding {
  const { instancePath: pointer, params, keyword, propertyName } = error
  const actual = describe(error.data, references.get(pointer))
  const known = [...Object.keys(properties(error)), ...(pointer === '' ? alsoKnown : [])]
  const dependent = dependentKey(error)
  if (dependent !== undefined) return { pointer: dependent.pointer, at: 'key', message: explainNeed(error, dependent) }
  switch (keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params.additionalProperty ?? params.unevaluatedProperty)
      const message = `unknown key ${printableName(key)}: expected ${oneOf(known)}${didYouMean(key, known)}`
      return { pointer: join(pointer, key), at: 'key', message }
    }
    case 'required': {
      const missing = String(params.missingProperty)
      const near = misspelt(error, missing, known)
      return { pointer, at: 'value', message: `missing key ${missing}${near}` }
    }
    case 'dependencies': {
      const message = `${params.property} needs ${params.missingProperty}`
      return { pointer: join(pointer, String(params.property)), at: 'key', message }
    }
    case 'type':
      return { pointer, at: 'value', message: `expected ${typeNames([params.type].flat())}, not ${actual}` }
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String)
      const hint = typeof error.data === 'string' && !references.has(pointer) ? didYouMean(error.data, allowed) : ''
      return { pointer, at: 'value', message: `expected ${oneOf(allowed)}, not ${actual}${hint}` }
    }
    case 'anyOf':
    case 'oneOf':
      return { pointer, at: 'value', message: explainForms(error.schema as readonly Form[], actual) }
    case 'const':
      return { pointer, at: 'value', message: `expected ${JSON.stringify(params.allowedValue)}, not ${actual}` }
    case 'format': {
      const expected = formats[String(params.format)]?.expected ?? `a ${params.format}`
      if (propertyName === undefined) return { pointer, at: 'value', message: `expected ${expected}` }
      const message = `expected ${expected}, not ${printableName(propertyName)}`
      return { pointer: join(pointer, propertyName), at: 'key', message }
    }
    case 'discriminator': {
      const tag = join(pointer, String(params.tag))
      return { pointer: tag, at: 'value', message: `expected another value of ${params.tag}` }
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return { pointer, at: 'value', message: `expected ${bounds[params.comparison]} ${params.limit}, not ${actual}` }
    // Only maps of which one key must stand there have such limits.
    case 'minProperties':
    case 'maxProperties':
      return { pointer, at: 'value', message: `expected one key: ${known.join(' or ')}` }
    case 'minItems':
      return { pointer, at: 'value', message: `expected at least ${count(params.limit, 'item')}` }
    case 'maxItems':
      return { pointer, at: 'value', message: `expected at most ${count(params.limit, 'item')}` }
    case 'minLength':
      return {
        pointer,
        at: 'value',
        message: params.limit === 1 ? 'expected text that is not empty' : `expected at least ${params.limit} characters`
      }
    case 'pattern':
      return { pointer, at: 'value', message: `expected text that matches ${params.pattern}` }
    default:
      return { pointer, at: 'value', message: error.message ?? `fails ${keyword}` }
  }
}

/** A key because of which another one has to be as `dependencies` says. */
interface DependentKey {
  readonly pointer: Pointer
  readonly name: string
  readonly needed: string
}

/** That other key may be absent, and have its default: the error belongs to the key that asks for more. */
function dependentKey({ schemaPath, instancePath }: ErrorObject): DependentKey | undefined {
  const [, name, needed] = /\/dependencies\/([^/]+)\/properties\/([^/]+)\/[^/]+$/.exec(schemaPath) ?? []
  if (name === undefined || needed === undefined) return undefined
  return { pointer: join(instancePath.slice(0, instancePath.lastIndexOf('/')), name), name, needed }
}

function explainNeed({ keyword, params }: ErrorObject, { name, needed }: DependentKey): string {
  const expected = keyword === 'enum' ? params.allowedValues.join(' or ') : formats[params.format]?.expected
  return `${name} needs ${needed}: ${expected}`
}

interface Form {
  readonly type?: string | readonly string[]
}

function explainForms(forms: readonly Form[], actual: string): string {
  const types = new Set(forms.flatMap(form => form.type ?? []))
  const known = forms.every(form => form.type !== undefined)
  return known && types.size > 1
    ? `expected ${typeNames([...types])}, not ${actual}`
    : 'fits none, or more than one, of the allowed forms'
}

function properties(error: ErrorObject): Readonly<Record<string, unknown>> {
  return error.parentSchema?.properties ?? {}
}

/** Says which of the keys that stand there may be the missing one. */
function misspelt(error: ErrorObject, missing: string, known: readonly string[]): string {
  const unknown = Object.keys(Object(error.data)).filter(key => !known.includes(key))
  const near = unknown.find(key => didYouMean(key, [missing]) !== '')
  return near === undefined ? '' : `; is ${printableName(near)} meant to be ${missing}?`
}

/** What stands there. The value of a reference may be secret: then it is named, not shown. */
export function describe(value: unknown, reference: string | undefined): string {
  if (reference !== undefined) return `the value of ${reference}`
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string') return value.length > maxQuoted ? 'a longer text' : `the text ${JSON.stringify(value)}`
  return String(value)
}

const names: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing'
}

function typeNames(types: readonly string[]): string {
  return types.map(type => names[type] ?? type).join(' or ')
}

function oneOf(words: readonly string[]): string {
  if (words.length === 0) return 'no key here'
  return words.length === 1 ? words[0]! : `one of ${words.join(', ')}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** A key as it is when it is an ordinary word, else quoted. */
export function printableName(key: string): string {
  if (key.length > maxQuoted) return `of ${key.length} characters`
  return /^[\w.-]+$/.test(key) ? key : JSON.stringify(key)
}
