import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadRules } from '../../src/rules.ts'

function ruleFile(t: TestContext, condition: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tercel-rules-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'rules.yaml')
  writeFileSync(file, `- rule: Mine\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: Notice\n`)
  return file
}

test('the rules about tercel itself are loaded with whatever the configuration names', async () => {
  const { rules, eventTypes } = await loadRules({ rules: { files: [], lists: {} } })
  assert.deepEqual(
    rules.map(({ name }) => name),
    ['Internal: syscall event drop', 'Internal: alerts shed', 'Internal: rule rate limit', 'Internal: sensor gap']
  )
  assert.deepEqual([...eventTypes('internal')].sort(), ['drop', 'gap', 'rate_limit', 'shed'])
})

for (const [condition, warning] of [
  ['evt.type = bpf', /rule Mine: the sensor does not trace bpf yet: it cannot match/],
  ['evt.type in (connect, recvfrom)', /rule Mine: the sensor does not trace recvfrom yet: it matches other calls only/],
  ['evt.type in (open, openat)', undefined],
  ['proc.name = sh', undefined]
] as const) {
  test(`with the condition ${condition} ${warning ? 'calls that nobody traces are warned of' : 'all is traced'}`, async t => {
    const { warnings } = await loadRules({ rules: { files: [ruleFile(t, condition)], lists: {} } })
    const found = warnings.map(({ message }) => message).filter(message => message.includes('does not trace'))
    assert.equal(found.length, warning ? 1 : 0)
    if (warning) assert.match(found[0]!, warning)
  })
}

const place = { file: 'tercel.yaml', line: 4, column: 7 }

test('switches and additions to outputs reach the rules, and what fits nothing is warned of where it stands', async t => {
  const files = [ruleFile(t, 'evt.type = open')]
  const { rules, warnings } = await loadRules({
    rules: {
      files,
      switches: [
        { enabled: false, rule: 'Internal: *', place },
        { enabled: false, tag: 'netwrok', place }
      ],
      appendOutput: [
        { rule: 'Mine', fields: [{ kind: 'field', name: 'proc.pid', text: 'proc.pid', place }], place },
        { source: 'syscal', fields: [], place }
      ]
    }
  })
  assert.deepEqual(
    rules.filter(({ enabled }) => enabled).map(({ name, extraFields }) => [name, extraFields.map(each => each.name)]),
    [['Mine', ['proc.pid']]]
  )
  assert.deepEqual(
    warnings.map(({ message, place: at, code }) => [message, at, code]),
    [
      ['no rule fits, so that nothing is added to any output', place, 'LOAD_UNKNOWN_ITEM'],
      ['no tag netwrok to disable', place, 'LOAD_UNKNOWN_ITEM']
    ]
  )
})

test('an addition to all outputs leaves the rules about tercel itself as they are', async t => {
  const output = { text: '%proc.name', place }
  const { rules } = await loadRules({
    rules: { files: [ruleFile(t, 'evt.type = open')], appendOutput: [{ output, fields: [], place }] }
  })
  const added = rules.filter(each => each.output.readings.some(({ text }) => text === 'proc.name'))
  assert.deepEqual(
    added.map(({ name }) => name),
    ['Mine']
  )
})

test('an event goes to all rules that match where the configuration says so', async t => {
  const files = [ruleFile(t, 'evt.type = drop')]
  const drop = { source: 'internal', type: 'drop', time: 0n, counters: {} } as const
  const named = (name: string, condition: string) =>
    `- rule: ${name}\n  desc: d\n  source: internal\n  condition: ${condition}\n  output: o\n  priority: Notice\n`
  writeFileSync(files[0]!, named('A', 'evt.type = drop') + named('B', 'evt.type = drop'))
  const context = { hostname: 'h', eventNumber: 1, names: { user: () => undefined, group: () => undefined } }
  const matched = async (matching: 'first' | 'all') =>
    (await loadRules({ rules: { files, matching } })).match(drop, context).map(({ name }) => name)
  assert.deepEqual(await matched('first'), ['Internal: syscall event drop'])
  assert.deepEqual(await matched('all'), ['Internal: syscall event drop', 'A', 'B'])
})
