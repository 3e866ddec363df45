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
