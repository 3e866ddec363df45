/** What the output of a preset takes in the configuration: the settings of its file, and those that every preset has. */
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

/** JSON schema of one setting of a file. */
export function settingSchema({ type, required, secret, example, ...rest }: PresetSetting): JsonSchema {
  return {
    ...types[type],
    ...rest,
    ...(secret && { writeOnly: true }),
    ...(example !== undefined && { examples: [example] })
  }
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
