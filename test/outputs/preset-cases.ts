/** What the tests of presets share: two alerts, and the cases of a preset, which stand in presets/<name>.yaml. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { parse } from 'yaml'
import { validate } from '../../config/validate.ts'
import type { Output, OutputDefinition } from '../../outputs/output.ts'
import type { Alert } from '../../rules/alert.ts'

export interface PresetCase {
  /** SINK stands for the sink's scheme, host and port. */
  readonly settings: Readonly<Record<string, unknown>>
  /** What the sink gets for the sample alert. */
  readonly request: {
    readonly method?: string
    readonly path: string
    /** Those that matter. */
    readonly headers: Readonly<Record<string, string>>
    /** A structure, or one for each line. */
    readonly body?: unknown
    readonly lines?: readonly unknown[]
  }
  readonly hostile: {
    /** JSON pointer into the body, or into the last line, of the request for the hostile alert: what stands there. */
    readonly at: Readonly<Record<string, unknown>>
    /** What matches nothing in the body. */
    readonly never?: readonly string[]
  }
  /** How much text may stand at a pointer, below it as well; the whole body in bytes at ''. */
  readonly fits?: readonly { readonly at: string; readonly most: number; readonly unit: 'characters' | 'bytes' }[]
  readonly answers: readonly {
    readonly what: string
    /** Beside those of all cases. */
    readonly settings?: Readonly<Record<string, unknown>>
    readonly answer: Readonly<Record<string, unknown>>
    /** How many alerts are sent; 1 when absent. */
    readonly alerts?: number
    /** Of all, or of each. */
    readonly outcome: string | readonly string[]
    readonly after_ms?: number
    readonly reason?: string
  }[]
}

export const sampleAlert: Alert = {
  uuid: '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
  time: '2026-01-02T03:04:05.123456789Z',
  priority: 'Warning',
  rule: 'Sensitive file read',
  source: 'syscall',
  hostname: 'node-1',
  tags: ['filesystem', 'T1555'],
  output: '03:04:05.123456789: Warning file read (file=/etc/shadow)',
  output_fields: { 'fd.name': '/etc/shadow', 'proc.pid': 4711, 'container.id': null }
}

/** What an attacker writes into a command line or a file name, and what another sensor may send. */
export const hostileAlert: Alert = {
  uuid: 'not a "uuid"\r\nx-evil: 1',
  time: 'yesterday',
  priority: 'Warning',
  rule: '@everyone <!channel> [x](https://evil.example.org) "}],"a":[{"',
  source: 'other',
  hostname: 'a\u202eb\u0000',
  tags: ['{{ alert.uuid }}', '*b*'],
  output: '``` <users/all> @here <b>&amp;</b> {% raw %} \\ \n🦅\ud800',
  output_fields: { '"key"\n': '@channel ${env:HOME} www.evil.example.org', __proto__: null } as Alert['output_fields']
}

export function readCase(name: string): PresetCase {
  return parse(readFileSync(new URL(`presets/${name}.yaml`, import.meta.url), 'utf8'), { strict: true })
}

/** An output of a preset with settings as the configuration would give them; it ends with the test. */
export function openPreset(
  t: TestContext,
  definition: OutputDefinition,
  settings: Readonly<Record<string, unknown>>,
  url: string
): Output {
  const whole = JSON.parse(JSON.stringify(settings).replaceAll('SINK', url))
  assert.deepEqual(validate(definition.schema, whole, new Map()), [])
  assert.deepEqual(definition.problems?.(whole as never), [])
  const output = definition.create(whole as never, { name: 'preset', baseDirectory: '/' })
  t.after(() => output.close())
  return output
}

/** The value at a JSON pointer. */
export function valueAt(value: unknown, pointer: string): unknown {
  const keys = pointer === '' ? [] : pointer.slice(1).split('/')
  return keys.reduce((inner: unknown, key) => Object(inner)[key.replaceAll('~1', '/').replaceAll('~0', '~')], value)
}

/** The values of a body: one, or one for each line or for each that follows another. */
export function valuesOf(body: string): unknown[] {
  try {
    return [JSON.parse(body)]
  } catch {
    const lines = body.includes('\n') ? body.trimEnd().split('\n') : body.replaceAll('}{"', '}\n{"').split('\n')
    return lines.map(line => JSON.parse(line))
  }
}
