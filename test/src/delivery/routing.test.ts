import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeliveryConfig, OutputConfig, PlacedText } from '../../../config/output-schema.ts'
import { parseRuleFiles } from '../../../rules/engine/load.ts'
import { compileRouting, routingProblems, routingWarnings } from '../../../src/delivery/routing.ts'
import { makeAlert } from './support.ts'

function placed(key: string, text: string): PlacedText {
  return { text, key, place: { file: 'tercel.yaml', line: 3, column: 11 } }
}

function output(when: string | undefined, ...key: readonly string[]): OutputConfig {
  const delivery: DeliveryConfig = {
    ...(when !== undefined && { when: placed('outputs[0].when', when) }),
    ...(key.length > 0 && {
      throttle: { key: key.map((text, index) => placed(`outputs[0].throttle.key[${index}]`, text)), windowMs: 60_000 }
    }),
    start: 'now',
    lingerMs: 0,
    concurrency: 1,
    timeoutMs: 30_000,
    backlog: { onFull: 'shed' }
  }
  return { name: 'siem', type: 'stdout', settings: {}, delivery }
}

const { rules } = parseRuleFiles([
  {
    path: 'rules.yaml',
    text: `
- rule: printed
  desc: d
  condition: evt.type = openat
  output: opened %fd.name by %proc.aname[2]
  priority: notice
- rule: off
  desc: d
  condition: evt.type = openat
  output: "%proc.cwd"
  priority: notice
  enabled: false
`
  }
])

test('an output without conditions takes everything', () => {
  assert.deepEqual(compileRouting(output(undefined).delivery), { when: undefined, throttle: undefined })
})

test('what a condition and a throttle say is compiled', () => {
  const { when, throttle } = compileRouting(output('alert.priority >= error', 'alert.rule', 'proc.name').delivery)
  assert.equal(when!.holds(makeAlert('1')), false)
  assert.equal(when!.holds(makeAlert('1', { priority: 'Error' })), true)
  assert.deepEqual(
    throttle!.key.map(({ read }) => read(makeAlert('1'))),
    ['Sensitive file read by untrusted program', 'cat']
  )
})

test('every text that is wrong is told with its key and its place', () => {
  const problems = routingProblems(output('alert.prioriti >= error', 'alert.rule', 'proc.nmae'))
  assert.deepEqual(
    problems.map(({ message, place }) => `${place?.line}:${place?.column}: ${message}`),
    [
      '3:11: outputs[0].when: unknown field alert.prioriti; did you mean alert.priority?',
      '3:11: outputs[0].throttle.key[1]: unknown field proc.nmae; did you mean proc.name?'
    ]
  )
  assert.deepEqual(routingProblems(output('alert.priority >= error', 'alert.rule')), [])
})

test('a field that no rule prints is warned of, once for each place that names it', () => {
  const warnings = routingWarnings(
    [output('fd.name = /a and proc.cwd = /b and alert.rule = x', 'proc.aname[2]', 'proc.aname[3]', 'alert.rule')],
    rules
  )
  assert.deepEqual(
    warnings.map(({ message }) => message),
    [
      'outputs[0].when: no rule prints proc.cwd, so it is missing in every alert: rules.append_output adds it',
      'outputs[0].throttle.key[1]: no rule prints proc.aname[3], so it is missing in every alert: rules.append_output adds it'
    ]
  )
})
