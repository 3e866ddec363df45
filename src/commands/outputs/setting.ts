/** What a JSON schema lets a user write, in words. */
import { formats } from '../../../config/formats.ts'
import type { JsonSchema } from '../../../outputs/output.ts'

export interface Setting {
  readonly key: string
  /** What may stand there: `whole number, 1 to 64`. */
  readonly kind: string
  readonly required: boolean
  /** Undefined when it has none. */
  readonly default: unknown
  /** Sentences: what it is for, what it has to look like, and what else it needs. */
  readonly text: string
  /** What stands in it, when it is a mapping or a list of them. */
  readonly settings: readonly Setting[]
}

type Schemas = Readonly<Record<string, JsonSchema>>

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'mapping',
  array: 'list',
  null: 'nothing'
}

const secretText = 'A secret: refer to it, such as ${env:NAME} or ${file:/run/secrets/x}.'

/** The settings of an object schema, those that are required first. */
export function settingsOf(schema: JsonSchema): Setting[] {
  const { required = [], dependencies = {} } = schema as {
    readonly required?: readonly string[]
    readonly dependencies?: Readonly<Record<string, JsonSchema | readonly string[]>>
  }
  const settings = Object.entries(propertiesOf(schema)).map(([key, property]): Setting => {
    const { description, writeOnly } = property
    const secret = writeOnly === true ? secretText : undefined
    const sentences = [description, secret, looksOf(property), namesOf(property), needsOf(dependencies[key])]
    return {
      key,
      kind: [kindOf(property), ...limitsOf(property)].join(', '),
      required: required.includes(key),
      default: property.default,
      text: sentences.filter(sentence => sentence !== undefined).join(' '),
      settings: innerSettings(property)
    }
  })
  return [...settings.filter(each => each.required), ...settings.filter(each => !each.required)]
}

function innerSettings(schema: JsonSchema): Setting[] {
  const inner = [schema, ...formsOf(schema), schema.items, schema.additionalProperties]
  return inner.filter(isSchema).flatMap(each => (each.properties === undefined ? [] : settingsOf(each)))
}

function kindOf(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) return orOf(schema.enum)
  if (schema.const !== undefined) return textOf(schema.const)
  const forms = formsOf(schema)
  if (forms.length > 0) return orOf([...new Set(forms.map(kindOf))])
  const types = [schema.type].flat().filter(type => typeof type === 'string')
  return orOf(
    types.map(type => {
      if (type === 'array' && isSchema(schema.items)) return `list of ${plural(kindOf(schema.items))}`
      const isMap = type === 'object' && isSchema(schema.additionalProperties)
      return isMap
        ? `mapping of names to ${plural(kindOf(schema.additionalProperties as JsonSchema))}`
        : typeWords[type]!
    })
  )
}

function plural(kind: string): string {
  return Object.values(typeWords).includes(kind) && kind !== 'true or false' ? `${kind}s` : kind
}

function limitsOf(schema: JsonSchema): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, pattern, minProperties, maxProperties } = schema
  return [
    rangeOf(minimum, maximum, ''),
    exclusiveMinimum === undefined ? '' : `more than ${textOf(exclusiveMinimum)}`,
    exclusiveMaximum === undefined ? '' : `less than ${textOf(exclusiveMaximum)}`,
    // That a text is not empty goes without saying.
    rangeOf(schema.minLength === 1 ? undefined : schema.minLength, schema.maxLength, ' characters'),
    rangeOf(schema.minItems === 1 ? undefined : schema.minItems, schema.maxItems, ' items'),
    minProperties === 1 && maxProperties === 1 ? 'one of its keys' : '',
    typeof pattern === 'string' ? `matching ${pattern}` : ''
  ].filter(limit => limit !== '')
}

function rangeOf(least: unknown, most: unknown, unit: string): string {
  if (least === undefined && most === undefined) return ''
  if (most === undefined) return `at least ${textOf(least)}${unit}`
  return least === undefined ? `at most ${textOf(most)}${unit}` : `${textOf(least)} to ${textOf(most)}${unit}`
}

/** What a format expects. */
function looksOf({ format }: JsonSchema): string | undefined {
  return typeof format === 'string' ? `Expected is ${formats[format]?.expected ?? format}.` : undefined
}

function namesOf({ propertyNames }: JsonSchema): string | undefined {
  const format = isSchema(propertyNames) ? propertyNames.format : undefined
  return typeof format === 'string' ? `Each name is ${formats[format]?.expected ?? format}.` : undefined
}

/** What must stand elsewhere where a key is given. */
function needsOf(dependency: JsonSchema | readonly string[] | undefined): string | undefined {
  if (dependency === undefined) return undefined
  if (isList(dependency)) return `Needs ${dependency.join(' and ')}.`
  const needs = Object.entries(propertiesOf(dependency)).flatMap(([key, { enum: allowed, format }]) => {
    if (Array.isArray(allowed)) return [`${key}: ${orOf(allowed)}`]
    return typeof format === 'string' ? [`${key}: ${formats[format]?.expected ?? format}`] : []
  })
  return needs.length === 0 ? undefined : `Needs ${needs.join(', ')}.`
}

function propertiesOf(schema: JsonSchema): Schemas {
  return (schema.properties ?? {}) as Schemas
}

function formsOf({ anyOf, oneOf }: JsonSchema): readonly JsonSchema[] {
  return (anyOf ?? oneOf ?? []) as readonly JsonSchema[]
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null
}

function isList(dependency: JsonSchema | readonly string[]): dependency is readonly string[] {
  return Array.isArray(dependency)
}

/** `a, b or c` */
function orOf(values: readonly unknown[]): string {
  const texts = values.map(textOf)
  return texts.length < 2 ? texts.join() : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`
}

/** A value as it would stand in YAML on one line. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : JSON.stringify(value)
}
