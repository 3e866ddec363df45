import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { formatProblem, TercelError } from '../../base/errors.ts'
import { loadConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import { definitionsWith, outputDefinitions } from '../../outputs/index.ts'
import { readOwnPreset } from '../../outputs/preset/load.ts'

const preset = `description: Sends alerts to a test.
documentation: [https://docs.example.org]
settings: {url: {type: string, format: http-url, required: true, description: Where it is.}}
request: {url: "{{ settings.url }}"}
body: {each: "{{ alert }}"}
limits: {rate_limit: {per_second: 2, burst: 3}}
`
const outputs = 'outputs: [{type: mine, url: https://a.example.org}]\n'

/** Loads a configuration that lies beside files. */
async function load(t: TestContext, config: string, files: Readonly<Record<string, string>>): Promise<Config> {
  const directory = mkdtempSync(join(tmpdir(), 'tercel-presets-'))
  t.after(() => rmSync(directory, { recursive: true }))
  for (const [name, text] of Object.entries({ ...files, 'tercel.conf': config })) {
    writeFileSync(join(directory, name), text)
  }
  const path = join(directory, 'tercel.conf')
  return loadConfig(path, { outputDefinitions, parsePreset: readOwnPreset, shippedRules: [], env: {} })
}

async function problemsOf(t: TestContext, config: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  try {
    await load(t, config, files)
    return []
  } catch (error) {
    if (!(error instanceof TercelError)) throw error
    return error.problems.map(problem => formatProblem(problem).replace(/^.*\//, ''))
  }
}

test('a file in the folder is a type of output, with the defaults that it names', async t => {
  const config = await load(t, `presets: .\n${outputs}`, { 'mine.yaml': preset, 'README.md': '#' })
  assert.deepEqual(config.outputs[0]!.delivery.rateLimit, { perSecond: 2, burst: 3 })
  assert.deepEqual(structuredClone(config).presets, config.presets, 'threads can exchange it')
  const definition = definitionsWith(config.presets).get('mine')!
  await definition.create(config.outputs[0]!.settings as never, { name: 'mine', baseDirectory: '/' }).close()
})

test('what the user says of the rate counts more', async t => {
  const own = 'outputs: [{type: mine, url: https://a.example.org, rate_limit: {per_second: 50}}]\n'
  const config = await load(t, `presets: .\n${own}`, { 'mine.yaml': preset })
  assert.deepEqual(config.outputs[0]!.delivery.rateLimit, { perSecond: 50, burst: 50 })
})

const bad: readonly [what: string, config: string, files: Readonly<Record<string, string>>, ...problems: RegExp[]][] = [
  [
    'the name of a preset that ships',
    `presets: .\n${outputs}`,
    { 'discord.yaml': preset, 'mine.yaml': preset },
    /^discord\.yaml:1:1: an output discord comes with tercel: give this file another name$/
  ],
  [
    'the name of another output',
    `presets: .\n${outputs}`,
    { 'webhook.yaml': preset, 'mine.yaml': preset },
    /^webhook\.yaml:1:1: an output webhook comes with tercel/
  ],
  [
    'a name that is none',
    `presets: .\n${outputs}`,
    { 'My Own.yaml': preset, 'mine.yaml': preset },
    /^My Own\.yaml:1:1: expected a file name of small letters/
  ],
  [
    'another ending',
    `presets: .\n${outputs}`,
    { 'theirs.yml': preset, 'mine.yaml': preset },
    /^theirs\.yml:1:1: expected a file name .* that ends in \.yaml/
  ],
  [
    'a problem in a file',
    `presets: .\n${outputs}`,
    { 'mine.yaml': preset.replace('alert }}', 'alrt }}') },
    /^mine\.yaml:5:\d+: body\.each: unknown name alrt/
  ],
  [
    'a setting that is missing',
    `presets: .\noutputs: [{type: mine}]\n`,
    { 'mine.yaml': preset },
    /^tercel\.conf:2:11: outputs\[0\]: missing key url$/
  ],
  [
    'a folder that is not there',
    `presets: nowhere\noutputs: [{type: stdout}]\n`,
    {},
    /^tercel\.conf:1:10: presets: cannot read the folder nowhere: it does not exist$/
  ],
  [
    'a type that is only nearly one',
    `presets: .\noutputs: [{type: mien}]\n`,
    { 'mine.yaml': preset },
    /unknown output mien: .*did you mean mine\?$/
  ]
]

for (const [what, config, files, ...expected] of bad) {
  test(`refused: ${what}`, async t => {
    const problems = await problemsOf(t, config, files)
    assert.equal(problems.length, expected.length, problems.join('\n'))
    for (const pattern of expected)
      assert.ok(
        problems.some(problem => pattern.test(problem)),
        problems.join('\n')
      )
  })
}

test('a template of the webhook that does not parse is refused with its place', async t => {
  const config =
    'outputs:\n  - type: webhook\n    url: https://a.example.org\n    template:\n      a: "{{ alrt.rule }}"\n'
  assert.deepEqual(await problemsOf(t, config, {}), [
    'tercel.conf:5:10: outputs[0].template.a: unknown name alrt; did you mean alert? (column 4 of the template)'
  ])
})
