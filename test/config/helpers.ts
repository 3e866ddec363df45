/** What the tests of config/ share: one made-up output, files in memory, and the problems of a text. */
import { formatProblem, TercelError } from '../../base/errors.ts'
import { loadConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'

export const file = '/etc/tercel/tercel.yaml'

const bugle = {
  maxConcurrency: 8,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: {
      url: { type: 'string', pattern: '^[a-z]+:' },
      format: { type: 'string', enum: ['text', 'json'], default: 'text' },
      port: { type: 'integer', minimum: 1, maximum: 65_535 },
      urgent: { type: 'boolean' },
      key: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }
    }
  }
}

const drum = { maxConcurrency: 1, schema: { type: 'object', additionalProperties: false, properties: {} } }

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  /** Files beside the configuration: absolute path → content. */
  readonly files?: Readonly<Record<string, string>>
}

/** Loads `text` as /etc/tercel/tercel.yaml; the outputs `bugle` and `drum` exist. */
export function load(text: string | Uint8Array, { env = {}, files = {} }: Surroundings = {}): Promise<Config> {
  return loadConfig(file, {
    outputDefinitions: new Map([
      ['bugle', bugle],
      ['drum', drum]
    ]),
    shippedRules: ['/opt/tercel/rules/tercel_rules.yaml'],
    env,
    readFile: async path => {
      const content = path === file ? text : files[path]
      if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return typeof content === 'string' ? Buffer.from(content) : content
    }
  })
}

/** The problems of a text as `line:column: message`; anything but a TercelError is thrown on. */
export async function problemsOf(text: string | Uint8Array, surroundings: Surroundings = {}): Promise<string[]> {
  try {
    await load(text, surroundings)
    return []
  } catch (error) {
    if (!(error instanceof TercelError) || error.code !== 'TERCEL_CONFIG') throw error
    return error.problems.map(problem => formatProblem(problem).replace(`${file}:`, ''))
  }
}
