/** An entry of `outputs` in the configuration: what may stand in it, and an example of one. */
import { stringify } from 'yaml'
import { outputKeys } from '../../../config/output-schema.ts'
import type { JsonSchema, OutputDefinition } from '../../../outputs/output.ts'

/** The schema of what every output takes, with what of it is another for this one. */
export function commonSchema({ type, maxConcurrency }: OutputDefinition): JsonSchema {
  const { concurrency, ...rest } = outputKeys
  const maximum = Math.min(concurrency.maximum, maxConcurrency)
  const properties = { ...rest, type: { ...rest.type, const: type }, concurrency: { ...concurrency, maximum } }
  return { type: 'object', required: ['type'], properties }
}

/** The whole schema of an entry (draft 7): for editors and programs. */
export function entrySchema(definition: OutputDefinition): JsonSchema {
  const { type, description, schema } = definition
  const common = commonSchema(definition)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: type,
    description,
    ...schema,
    required: [...(common.required as string[]), ...requiredOf(schema)],
    properties: { ...propertiesOf(common), ...propertiesOf(schema) }
  }
}

/**
 * An item of a YAML list that the configuration accepts: what is required, and commented out below it the settings that
 * have a default.
 */
export function exampleEntry({ type, schema }: OutputDefinition): string {
  const required = requiredOf(schema)
  const given = required.map(key => [key, givenOf(type, key, propertiesOf(schema)[key] ?? {})] as const)
  const defaults = Object.entries(propertiesOf(schema)).filter(
    ([key, property]) => !required.includes(key) && isScalar(property.default)
  )
  const lines = [
    ...linesOf({ name: type, type, ...Object.fromEntries(given) }),
    ...linesOf(Object.fromEntries(defaults.map(([key, property]) => [key, property.default]))).map(line => `# ${line}`)
  ]
  return lines.map((line, index) => `${index === 0 ? '- ' : '  '}${line}\n`).join('')
}

function linesOf(values: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(values).length === 0 ? [] : stringify(values, { lineWidth: 0 }).trimEnd().split('\n')
}

/** What is secret does not stand in the file. */
function givenOf(type: string, key: string, schema: JsonSchema): unknown {
  return schema.writeOnly === true
    ? `\${env:${`${type}_${key}`.toUpperCase().replace(/\W/g, '_')}}`
    : exampleOf(key, schema)
}

const formatExamples: Readonly<Record<string, string>> = {
  'http-url': 'https://alerts.example.org',
  'https-url': 'https://alerts.example.org',
  size: '1MiB'
}

/** A value that the schema takes, as far as it can be told; `examples` decide where it cannot. */
export function exampleOf(key: string, schema: JsonSchema): unknown {
  const { examples, default: otherwise, const: only, enum: allowed, anyOf, oneOf, items, minimum } = schema
  const [known] = [...list(examples), otherwise, only, ...list(allowed)].filter(value => value !== undefined)
  if (known !== undefined) return known
  const [form] = [...list(anyOf), ...list(oneOf)]
  if (form !== undefined) return exampleOf(key, form as JsonSchema)
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        requiredOf(schema).map(each => [each, exampleOf(each, propertiesOf(schema)[each] ?? {})])
      )
    case 'array':
      return [exampleOf(key, (items ?? {}) as JsonSchema)]
    case 'boolean':
      return true
    case 'integer':
    case 'number':
      return minimum ?? 1
    default:
      return formatExamples[String(schema.format)] ?? key
  }
}

function propertiesOf({ properties = {} }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return properties as Readonly<Record<string, JsonSchema>>
}

function requiredOf({ required = [] }: JsonSchema): readonly string[] {
  return required as readonly string[]
}

function list(values: unknown): readonly unknown[] {
  return Array.isArray(values) ? values : []
}

function isScalar(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null)
}
