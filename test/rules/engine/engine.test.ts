import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createUuidFactory } from '../../../rules/uuid.ts'
import { alertFrom, engineOf, ruleFile, sampleCall, sampleInternal, sampleProcess } from '../support.ts'

const second = 1_000_000_000n

test('an alert has the shape of the JSON output of Falco, and a UUID', () => {
  const text = ruleFile(
    'evt.type = openat',
    'read (user=%user.name tty=%proc.tty ok=%evt.failed p=%proc.aname[2])'
  ).replace('  desc: d', '  desc: d\n  tags: [host, T1555]')
  const engine = engineOf(text, { newUuid: createUuidFactory(size => new Uint8Array(size)) })
  assert.deepEqual(alertFrom(engine, sampleCall()), {
    uuid: '019b7ca9-8d03-7000-8000-000000000000',
    time: '2026-01-02T03:04:05.123456789Z',
    priority: 'Notice',
    rule: 'R',
    source: 'syscall',
    hostname: 'node-1',
    tags: ['T1555', 'host'],
    output: '03:04:05.123456789: Notice read (user=root tty=0 ok=false p=<NA>)',
    output_fields: {
      'evt.time': Number(1_767_323_045_123_456_789n),
      'user.name': 'root',
      'proc.tty': 0,
      'evt.failed': false,
      'proc.aname[2]': null
    }
  })
})

test('the first rule that matches wins, in the order of loading', () => {
  const engine = engineOf(
    ruleFile('evt.type = openat and proc.name = dog', 'dog') +
      ruleFile('evt.type = openat and proc.name startswith c', 'c').replace('rule: R', 'rule: S') +
      ruleFile('evt.type = openat', 'any').replace('rule: R', 'rule: T')
  )
  const ruleFor = (name: string) => alertFrom(engine, sampleCall({ process: sampleProcess({ name }) }))?.rule
  assert.equal(ruleFor('dog'), 'R')
  assert.equal(ruleFor('cat'), 'S')
  assert.equal(ruleFor('eel'), 'T')
})

test('a rule is not tried on events of other types, other sources, or while it is disabled', () => {
  const disabled = ruleFile('evt.type = drop', 'x', 'internal').replace('  desc', '  enabled: false\n  desc')
  const engine = engineOf(ruleFile('evt.type in (open, openat)') + disabled.replace('rule: R', 'rule: S'))
  assert.ok(alertFrom(engine, sampleCall({ type: 'openat' })))
  assert.equal(alertFrom(engine, sampleCall({ type: 'connect' })), undefined)
  assert.equal(alertFrom(engine, sampleInternal('openat', {})), undefined)
  assert.equal(alertFrom(engine, sampleInternal('drop', {})), undefined)
  assert.equal(alertFrom(engine, { source: 'elsewhere', type: 'openat', time: 0n }), undefined)
})

test('a rule for every type is tried on types that nobody listed', () => {
  const engine = engineOf(ruleFile('proc.name = cat'))
  assert.ok(alertFrom(engine, sampleCall({ type: 'a_call_of_tomorrow' })))
})

test('events are numbered from 1, whether they match or not', () => {
  const engine = engineOf(ruleFile('evt.num = 3'))
  assert.deepEqual(
    [1, 2, 3, 4].map(() => alertFrom(engine, sampleCall()) !== undefined),
    [false, false, true, false]
  )
})

test('beyond its limit a rule raises no alerts, counts them, and recovers with the time of the events', () => {
  const engine = engineOf(
    ruleFile('evt.type = openat') + ruleFile('evt.type = connect').replace('rule: R', 'rule: S'),
    {
      rateLimit: { burst: 3, perSecond: 2 }
    }
  )
  const start = 100n * second
  const raised = (count: number, time: bigint, type = 'openat') =>
    Array.from({ length: count }, () => alertFrom(engine, sampleCall({ type, time }))).filter(Boolean).length
  assert.equal(raised(10, start), 3)
  assert.equal(raised(2, start, 'connect'), 2)
  assert.deepEqual(engine.takeSuppressed(), { R: 7 })
  assert.deepEqual(engine.takeSuppressed(), {})
  assert.equal(raised(10, start + second), 2)
  assert.equal(raised(10, start), 0)
  assert.equal(raised(10, start + 100n * second), 3)
  assert.deepEqual(engine.takeSuppressed(), { R: 25 })
})

test('a limit recovers also after a clock that was set forward by mistake and back again', () => {
  const engine = engineOf(ruleFile('evt.type = openat'), { rateLimit: { burst: 3, perSecond: 2 } })
  const start = 100_000n * second
  const raised = (time: bigint) =>
    Array.from({ length: 10 }, () => alertFrom(engine, sampleCall({ time }))).filter(Boolean).length
  assert.deepEqual([raised(start), raised(start + 86_400n * second)], [3, 3])
  assert.equal(raised(start + second), 0, 'setting the clock back is no reason for more alerts')
  assert.equal(raised(start + 2n * second), 2)
})

test('by default a burst of a thousand alerts of one rule passes', () => {
  const engine = engineOf(ruleFile('evt.type = openat'))
  const alerts = Array.from({ length: 1500 }, () => alertFrom(engine, sampleCall())).filter(Boolean)
  assert.equal(alerts.length, 1000)
})

test('the names of output fields are printable text, as the rule has them', () => {
  const engine = engineOf(ruleFile('evt.type = openat', '%proc.env[Ü] %evt.arg[flags]'))
  const fields = alertFrom(engine, sampleCall())!.output_fields
  assert.deepEqual(Object.keys(fields), ['evt.time', 'proc.env[Ü]', 'evt.arg[flags]'])
})
