import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { formats } from '../../../../config/formats.ts'
import { loadConfig } from '../../../../config/load.ts'
import { outputDefinitions } from '../../../../outputs/index.ts'
import type { JsonSchema, OutputDefinition } from '../../../../outputs/output.ts'
import { entrySchema, exampleEntry, exampleOf } from '../../../../src/commands/outputs/entry.ts'
import { settingsOf } from '../../../../src/commands/outputs/setting.ts'
import { tercel } from '../tercel.ts'

/** Loads a configuration with this text below `outputs:`. */
function load(entry: string, env: Readonly<Record<string, string>> = {}) {
  const readFile = async () => Buffer.from(`outputs:\n${entry.replace(/^/gm, '  ')}`)
  return loadConfig('/etc/tercel.yaml', { outputDefinitions, shippedRules: [], env, readFile })
}

/** The variables that the example of an output refers to. */
function secretsOf({ type, schema }: OutputDefinition): Record<string, string> {
  const properties = Object.entries(schema.properties as Readonly<Record<string, JsonSchema>>)
  const secret = properties.filter(([, { writeOnly }]) => writeOnly === true)
  return Object.fromEntries(
    secret.map(([key, property]) => [
      `${type}_${key}`.toUpperCase().replace(/\W/g, '_'),
      String(exampleOf(key, property))
    ])
  )
}

for (const [type, definition] of outputDefinitions) {
  test(`the example of ${type} is accepted, also with what is commented out`, async () => {
    const example = exampleEntry(definition)
    const required = Object.keys((parse(example) as object[])[0]!)
    assert.deepEqual(required.slice(0, 2), ['name', 'type'])
    const env = secretsOf(definition)
    const [output] = (await load(example, env)).outputs
    assert.deepEqual([output!.name, output!.type], [type, type])
    await load(example.replaceAll('# ', ''), env)
  })

  test(`the schema of ${type} takes what the configuration takes, and no other type`, () => {
    const checks = Object.fromEntries(Object.entries(formats).map(([name, { accepts }]) => [name, accepts]))
    const isEntry = new Ajv({ allowUnionTypes: true, strictRequired: false, formats: checks }).compile(
      entrySchema(definition)
    )
    const secrets = secretsOf(definition)
    const filledIn = exampleEntry(definition).replace(/\$\{env:(\w+)\}/g, (_, name) => secrets[name]!)
    const [example] = parse(filledIn) as object[]
    assert.ok(isEntry({ ...example, timeout_seconds: 3 }), JSON.stringify(isEntry.errors))
    assert.equal(isEntry({ ...example, type: 'other' }), false)
    assert.equal(isEntry({ ...example, unknown: 1 }), false)
    assert.equal(isEntry({ ...example, concurrency: definition.maxConcurrency + 1 }), false)
  })

  test(`every setting of ${type} has a description`, () => {
    const settings = settingsOf(entrySchema(definition))
    for (const { key, text, kind } of settings.flatMap(setting => [setting, ...setting.settings])) {
      assert.match(text, /^[A-Za-z].*\.$/, key)
      assert.notEqual(kind, '', key)
    }
  })
}

test('the example of a secret refers to the environment', async () => {
  const schema = {
    type: 'object',
    required: ['api-key', 'url'],
    properties: { 'api-key': { type: 'string', writeOnly: true }, url: { type: 'string', format: 'http-url' } }
  }
  const definition = { ...outputDefinitions.get('file')!, type: 'pager', schema }
  assert.equal(
    exampleEntry(definition),
    '- name: pager\n  type: pager\n  api-key: ${env:PAGER_API_KEY}\n  url: https://alerts.example.org\n'
  )
})

test('a page has the example, the settings of the type and those of every output', () => {
  const { exitCode, stdout, stderr } = tercel(['outputs', 'describe', 'file'])
  assert.deepEqual([exitCode, stderr], [0, ''])
  const page = `file: Appends alerts to a file, one JSON object per line, and rotates it.

Example

  outputs:
    - name: file
      type: file
      path: /var/log/tercel/alerts.jsonl
      # max_bytes: 100000000
      # max_files: 5
      # fsync: true

Settings of file

  path: text (required)
      The file; a relative path starts at the configuration file's folder. Its folder must exist.
  max_bytes: whole number, at least 4096 (default: 100000000)
      The file is rotated before it grows beyond this many bytes.
`
  assert.equal(stdout.slice(0, page.length), page)
  assert.match(stdout, /^ {2}concurrency: whole number, 1 to 1 \(default: 1\)$/m)
  assert.match(stdout, /^ {2}rate_limit: mapping\n {6}The most .*\n {6}per_second: number, .* \(required\)\n {10}\S/m)
  assert.ok(stdout.split('\n').every(line => line.length <= 100))
})

test('with --json it is a JSON schema', () => {
  const { exitCode, stdout } = tercel(['outputs', 'describe', 'webhook', '--json'])
  assert.equal(exitCode, 0)
  assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(entrySchema(outputDefinitions.get('webhook')!))))
})

test('with --config the presets of a configuration are known as well', t => {
  const directory = mkdtempSync(join(tmpdir(), 'tercel-describe-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const preset = `description: Blows a bugle.
documentation: [https://docs.example.org]
settings: {tune: {type: string, required: true, secret: true, description: What it blows.}}
request: {url: "https://bugle.example.org"}
body: {each: "{{ alert }}"}\n`
  writeFileSync(join(directory, 'bugle.yaml'), preset)
  const config = join(directory, 'tercel.conf')
  writeFileSync(config, 'presets: .\noutputs: [{type: stdout}]\n')
  const { stdout } = tercel(['outputs', 'describe', 'bugle', '--config', config])
  assert.match(stdout, /^bugle: Blows a bugle\.\n.* tune: \$\{env:BUGLE_TUNE\}\n.* tune: text \(required\)\n/s)
  assert.match(tercel(['outputs', 'list', '--types', '--config', config]).stdout, /^bugle +Blows a bugle\.$/m)
  assert.equal(tercel(['outputs', 'describe', 'bugle']).exitCode, 64)
})

test('an unknown type is refused with the nearest', () => {
  const { exitCode, stdout, stderr } = tercel(['outputs', 'describe', 'webhok'])
  assert.deepEqual([exitCode, stdout], [64, ''])
  assert.match(stderr, /unknown output webhok; did you mean webhook\?/)
})

const kinds: readonly [schema: object, kind: string, text?: string][] = [
  [{ type: 'string', minLength: 1 }, 'text'],
  [{ type: 'string', minLength: 16, maxLength: 64 }, 'text, 16 to 64 characters'],
  [{ type: 'string', pattern: '^a+$' }, 'text, matching ^a+$'],
  [{ type: ['string', 'array'], items: { type: 'string' }, maxItems: 4 }, 'text or list of texts, at most 4 items'],
  [{ type: 'integer', minimum: 0 }, 'whole number, at least 0'],
  [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, 'number, at most 1, more than 0'],
  [{ type: 'boolean' }, 'true or false'],
  [{ enum: ['a', 'b', 3] }, 'a, b or 3'],
  [{ const: 'a' }, 'a'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, 'mapping of names to whole numbers'],
  [{ anyOf: [{ type: 'string' }, { enum: ['x'] }] }, 'text or x'],
  [{ type: 'object', minProperties: 1, maxProperties: 1 }, 'mapping, one of its keys'],
  [
    { type: 'string', format: 'size', description: 'How much.' },
    'text',
    'How much. Expected is a size such as 512MiB.'
  ],
  [
    { type: 'string', writeOnly: true },
    'text',
    'A secret: refer to it, such as ${env:NAME} or ${file:/run/secrets/x}.'
  ],
  [{ type: 'object', propertyNames: { format: 'header-name' } }, 'mapping', 'Each name is the name of a header.']
]
for (const [schema, kind, text = ''] of kinds) {
  test(`${JSON.stringify(schema)} is called ${kind}`, () => {
    const [setting] = settingsOf({ type: 'object', properties: { x: schema } })
    assert.deepEqual([setting!.kind, setting!.text], [kind, text])
  })
}

test('what a key needs of others is said', () => {
  const properties = { a: {}, b: {}, c: {}, d: {} }
  const url = { type: 'object', properties: { url: { format: 'https-url' } } }
  const dependencies = { a: ['b', 'c'], b: { type: 'object', properties: { c: { enum: ['x', 'y'] } } }, c: url }
  assert.deepEqual(
    settingsOf({ properties, dependencies }).map(({ text }) => text),
    ['Needs b and c.', 'Needs c: x or y.', 'Needs url: a URL that begins with https://.', '']
  )
})

test('what stands in mappings, lists of them and their forms stands below them', () => {
  const inner = (key: string) => ({ type: 'object', required: [key], properties: { [key]: { type: 'string' } } })
  const properties = {
    mapping: inner('a'),
    list: { type: 'array', items: inner('b') },
    map: { type: 'object', additionalProperties: inner('c') },
    forms: { oneOf: [inner('d'), inner('e')] }
  }
  const settings = settingsOf({ properties }).map(({ kind, settings: below }) => [kind, ...below.map(({ key }) => key)])
  assert.deepEqual(settings, [
    ['mapping', 'a'],
    ['list of mappings', 'b'],
    ['mapping of names to mappings', 'c'],
    ['mapping', 'd', 'e']
  ])
})
