/** What the output of a preset takes in the configuration: the settings of its file, and those that every preset has. */
import { printableText } from '../../base/printable.ts'
import { join, type Pointer } from '../../config/document.ts'
import { outputKeys } from '../../config/output-schema.ts'
import { transportDependencies, transportProperties } from '../http/transport.ts'
import type { JsonSchema } from '../output.ts'
import { webhookSchema } from '../webhook-schema.ts'
import type { PresetFile, PresetSetting } from './file.ts'

const webhookSettings = webhookSchema.properties as Readonly<Record<string, JsonSchema>>

/** Names that no setting of a file may have. */
export const commonSettings: readonly string[] = [
  'batch',
  ...Object.keys(transportProperties),
  ...Object.keys(outputKeys)
]

/** JSON schema of the settings of an output. */
export function settingsSchema({ settings, body, limits, request }: PresetFile): JsonSchema {
  const own = Object.entries(settings).map(([name, setting]) => [name, settingSchema(setting)] as const)
  const required = Object.entries(settings).filter(([, setting]) => setting.required)
  const batch = body.join === 'single' ? {} : { batch: batchSchema(limits.batch) }
  const { headers, auth, signature, compression, ...shared } = transportProperties
  const optional = { headers, auth, signature, compression }
  const options = request.options.map(name => [name, optional[name]] as const)
  const { tls, auth: authNeeds } = transportDependencies
  return {
    type: 'object',
    additionalProperties: false,
    required: required.map(([name]) => name),
    dependencies: {
      ...(settings.url?.format === 'http-url' && { tls }),
      ...(request.options.includes('auth') && request.options.includes('headers') && { auth: authNeeds })
    },
    properties: { ...Object.fromEntries(own), ...batch, ...Object.fromEntries(options), ...shared }
  }
}

const types: Readonly<Record<PresetSetting['type'], JsonSchema>> = {
  string: { type: 'string', minLength: 1 },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  list: { type: 'array', items: { type: 'string', minLength: 1 } },
  map: { type: 'object', additionalProperties: { type: 'string' } }
}

/** JSON schema of one setting of a file. What it says of keys is not in it: `keyProblems` names the key that is wrong. */
export function settingSchema({ type, required, secret, example, keys, ...rest }: PresetSetting): JsonSchema {
  return {
    ...types[type],
    ...rest,
    ...(secret && { writeOnly: true }),
    ...(example !== undefined && { examples: [example] })
  }
}

/** The keys of maps that are not as the file says. */
export function keyProblems(
  { settings }: PresetFile,
  values: Readonly<Record<string, unknown>>
): { readonly pointer: Pointer; readonly message: string }[] {
  return Object.entries(settings).flatMap(([name, { keys }]) => {
    if (keys === undefined) return []
    const wrong = Object.keys(Object(values[name])).filter(key => !new RegExp(keys, 'u').test(key))
    return wrong.map(key => ({
      pointer: join(join('', name), key),
      message: printableText(`expected a key that matches ${keys}, not ${key}`)
    }))
  })
}

const defaultBatch = { max_count: 500, max_bytes: '1MiB' }

function batchSchema(limits: PresetFile['limits']['batch'] = defaultBatch): JsonSchema {
  const { properties, ...rest } = webhookSettings.batch as { properties: Readonly<Record<string, JsonSchema>> }
  return {
    ...rest,
    description: 'The most that one request carries.',
    default: {},
    properties: {
      max_count: { ...properties.max_count, maximum: limits.max_count, default: limits.max_count },
      max_bytes: { ...properties.max_bytes, default: limits.max_bytes }
    }
  }
}
