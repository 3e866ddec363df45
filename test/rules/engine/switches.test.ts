import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RuleSwitch } from '../../../rules/engine/switches.ts'
import { load, matched, ruleItem, warningsOf } from './loading.ts'

const names = ['Read file', 'Write file', 'Open [shell] in container?', 'Connect']
const text =
  ruleItem({ rule: 'Read file', tags: '[file, maturity_stable]' }) +
  ruleItem({ rule: 'Write file', tags: '[file]', enabled: 'false' }) +
  ruleItem({ rule: '"Open [shell] in container?"', tags: '[shell, maturity_stable]' }) +
  ruleItem({ rule: 'Connect', tags: '[network]', enabled: 'false' })

const on = (what: Omit<RuleSwitch, 'enabled'>): RuleSwitch => ({ enabled: true, ...what })
const off = (what: Omit<RuleSwitch, 'enabled'>): RuleSwitch => ({ enabled: false, ...what })
const enabledOf = (switches: readonly RuleSwitch[]) =>
  load(text, { switches })
    .rules.filter(({ enabled }) => enabled)
    .map(({ name }) => name)

const [read, write, open, connect] = names as [string, string, string, string]

const cases: readonly [what: string, switches: readonly RuleSwitch[], enabled: readonly string[]][] = [
  ['none', [], [read, open]],
  ['a rule by its name', [off({ rule: read })], [open]],
  ['a rule that the file disables', [on({ rule: connect })], [read, open, connect]],
  ['a rule that is so already', [on({ rule: read })], [read, open]],
  ['rules by a star in their name', [on({ rule: '* file' })], [read, write, open]],
  ['rules by several stars', [off({ rule: '*f*l*' })], [open]],
  ['all rules', [off({ rule: '*' })], []],
  ['rules by a tag', [off({ tag: 'maturity_stable' })], []],
  ['all but those of a tag', [off({ rule: '*' }), on({ tag: 'network' })], [connect]],
  ['in their order, so that the last one counts', [on({ tag: 'network' }), off({ rule: '*' })], []],
  [
    'a part of what another switched',
    [on({ rule: '*' }), off({ tag: 'file' }), on({ rule: write })],
    [write, open, connect]
  ],
  ['a name with brackets and a question mark', [off({ rule: 'Open [shell] in container?' })], [read]],
  ['a name with a star beside brackets', [off({ rule: 'Open [shell]*' })], [read]],
  ['a name and a tag, which must both fit', [off({ rule: '* file', tag: 'maturity_stable' })], [open]]
]

for (const [what, switches, enabled] of cases) {
  test(`switches: ${what}`, () => {
    assert.deepEqual(enabledOf(switches), enabled)
    assert.deepEqual(warningsOf(text, { switches }), [])
  })
}

const nothing: readonly [what: string, each: RuleSwitch, warning: string][] = [
  ['a name that no rule has', off({ rule: 'Read fiel' }), 'no rule Read fiel to disable; did you mean Read file?'],
  ['a name in other letters', off({ rule: 'read file' }), 'no rule read file to disable; did you mean Read file?'],
  ['a part of a name', off({ rule: 'Read' }), 'no rule Read to disable'],
  ['a star that fits nothing', on({ rule: 'Nothing*' }), 'no rule Nothing* to enable'],
  [
    'a bracket that is none of the name',
    off({ rule: 'Read [f]ile' }),
    'no rule Read [f]ile to disable; did you mean Read file?'
  ],
  ['a tag that no rule has', on({ tag: 'netwrok' }), 'no tag netwrok to enable; did you mean network?'],
  ['a tag with a star', on({ tag: 'net*' }), 'no tag net* to enable']
]

for (const [what, each, warning] of nothing) {
  test(`switches: ${what} is warned of and switches nothing`, () => {
    assert.deepEqual(enabledOf([each]), [read, open])
    assert.deepEqual(warningsOf(text, { switches: [each] }), [`LOAD_UNKNOWN_ITEM: ${warning}`])
  })
}

test('a star at the begin of a name means no rule about tercel itself; its name and its tag do', () => {
  const own = { source: 'internal', condition: 'evt.type = drop', tags: '[internal]' }
  const rules = ruleItem() + ruleItem({ rule: '"Internal: drop"', ...own })
  const left = (each: RuleSwitch) =>
    load(rules, { switches: [each] })
      .rules.filter(({ enabled }) => enabled)
      .map(({ name }) => name)
  assert.deepEqual(left(off({ rule: '*' })), ['Internal: drop'])
  assert.deepEqual(left(off({ rule: 'Internal: *' })), ['R'])
  assert.deepEqual(left(off({ rule: 'Internal: drop' })), ['R'])
  assert.deepEqual(left(off({ tag: 'internal' })), ['R'])
})

test('switches come after all files, whatever these say', () => {
  const files = [ruleItem({ enabled: 'false' }), ruleItem({ rule: 'S' }), '- rule: R\n  enabled: true\n']
  assert.deepEqual(matched(files, {}, { switches: [off({ rule: 'R' })] }), ['S'])
})

test('a rule that is switched on is tried where it was loaded', () => {
  const files = ruleItem({ enabled: 'false' }) + ruleItem({ rule: 'S' })
  assert.deepEqual(matched(files, {}, { switches: [on({ rule: 'R' })] }), ['R'])
})

test('what only a rule that is switched off would need is neither traced nor warned of', () => {
  const files = ruleItem({ condition: 'evt.type = ptrace' }) + ruleItem({ rule: 'S' })
  const ruleset = load(files, { switches: [off({ rule: 'R' })] })
  assert.deepEqual([...ruleset.eventTypes('syscall')], ['open'])
  const unfilled = ruleItem({ condition: 'evt.type = open and container.name = x' })
  const warnings = (switches: readonly RuleSwitch[]) =>
    warningsOf(unfilled, { switches, extractionOf: () => undefined })
  assert.ok(warnings([]).some(each => each.includes('LOAD_FIELD_NOT_FILLED')))
  assert.deepEqual(warnings([off({ rule: 'R' })]), [])
})
