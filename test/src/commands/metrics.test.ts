import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { resolveData } from '../../../src/paths.ts'
import { listMetrics } from '../../../src/server/metrics/list.ts'
import { tercel } from './tercel.ts'

const generate = 'node src/main.ts metrics --markdown > docs/metrics.md'

function metrics(...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = tercel(['metrics', ...args])
  assert.deepEqual([exitCode, stderr], [0, ''])
  return stdout
}

test('docs/metrics.md is what the registry says', () => {
  const page = readFileSync(resolveData('docs/metrics.md'), 'utf8')
  assert.ok(page === metrics('--markdown'), `docs/metrics.md is old; make it anew: ${generate}`)
  assert.ok(page.startsWith(`<!-- Generated: ${generate} -->\n`))
})

test('the alarms of docs/metrics.md name metrics that there are', () => {
  const page = readFileSync(resolveData('docs/metrics.md'), 'utf8')
  const named = new Set(page.match(/tercel_[a-z_]+/g))
  const known = new Set(listMetrics().map(({ name }) => name))
  assert.deepEqual(
    [...named].filter(name => !known.has(name)),
    []
  )
})

test('metrics prints a line for each', () => {
  const lines = metrics().trimEnd().split('\n')
  assert.equal(lines.length, listMetrics().length)
  assert.ok(
    lines.some(line => /^tercel_output_alerts_total\{output,result\} +counter +Alerts that are done/.test(line))
  )
})

test('names follow the conventions of Prometheus', () => {
  for (const { name, type, help } of listMetrics()) {
    assert.match(name, /^tercel_[a-z]+(?:_[a-z]+)*$/)
    assert.equal(name.endsWith('_total'), type === 'counter', name)
    assert.doesNotMatch(name, /_(?:ms|milliseconds|kb|mb)(?:_|$)/)
    assert.match(help, /^[A-Z0-9].*\.$/)
  }
})
