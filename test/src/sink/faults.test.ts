import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { resolveData } from '../../../src/paths.ts'
import { FaultPlan } from '../../../src/sink/fault-plan.ts'
import { faultProgramSchema, parseFaults, takes } from '../../../src/sink/faults.ts'

/** The numbers, from 1, of the requests among the first so many that meet a fault. */
function met(
  faults: readonly object[],
  requests: number,
  facts: { body?: string; alerts?: number } = {},
  seed = 1
): number[] {
  const plan = new FaultPlan(parseFaults(JSON.stringify({ seed, faults }), 'test'))
  const body = Buffer.from(facts.body ?? '')
  const numbers = Array.from({ length: requests }, (_, index) => index + 1)
  return numbers.filter(() => plan.next({ body, alerts: facts.alerts ?? 1 }) !== undefined)
}

test('without a condition every request is meant', () => {
  assert.deepEqual(met([{ status: 500 }], 3), [1, 2, 3])
  assert.deepEqual(met([], 3), [])
})

test('first and every count requests, and both must hold', () => {
  assert.deepEqual(met([{ when: { first: 2 } }], 5), [1, 2])
  assert.deepEqual(met([{ when: { every: 3 } }], 7), [3, 6])
  assert.deepEqual(met([{ when: { every: 2, first: 5 } }], 9), [2, 4])
})

test('a share is met about so often, and the same requests each time for the same seed', () => {
  const first = met([{ when: { share: 0.3 } }], 10_000)
  assert.ok(Math.abs(first.length - 3000) < 200, String(first.length))
  assert.deepEqual(met([{ when: { share: 0.3 } }], 10_000), first)
  assert.notDeepEqual(met([{ when: { share: 0.3 } }], 10_000, {}, 2), first)
  assert.deepEqual(met([{ when: { share: 0 } }], 100), [])
  assert.equal(met([{ when: { share: 1 } }], 100).length, 100)
})

test('conditions on what a request contains', () => {
  assert.deepEqual(met([{ when: { contains: 'poison' } }], 1, { body: '{"a":"poison"}' }), [1])
  assert.deepEqual(met([{ when: { contains: 'poison' } }], 1, { body: '{}' }), [])
  assert.deepEqual(met([{ when: { min_alerts: 3 } }], 1, { alerts: 3 }), [1])
  assert.deepEqual(met([{ when: { min_alerts: 3 } }], 1, { alerts: 2 }), [])
  assert.deepEqual(met([{ when: { min_bytes: 3 } }], 1, { body: 'ab' }), [])
  assert.deepEqual(met([{ when: { min_bytes: 3 } }], 1, { body: 'abc' }), [1])
})

test('a window of time counts from when the programme was set', () => {
  let now = 5000
  const program = parseFaults('{"faults":[{"when":{"from_seconds":1,"until_seconds":2}}]}', 'test')
  const plan = new FaultPlan(program, () => now)
  const facts = { body: Buffer.alloc(0), alerts: 1 }
  const meets = (at: number): boolean => {
    now = at
    return plan.next(facts) !== undefined
  }
  assert.deepEqual([5000, 5999, 6000, 6999, 7000].map(meets), [false, false, true, true, false])
})

test('the first fault that fits decides', () => {
  const plan = new FaultPlan(parseFaults('{"faults":[{"when":{"first":1},"status":500},{"status":503}]}', 'test'))
  const facts = { body: Buffer.alloc(0), alerts: 1 }
  assert.deepEqual([plan.next(facts)?.status, plan.next(facts)?.status], [500, 503])
})

test('alerts are taken with a 2xx that was sent, unless the fault says otherwise', () => {
  const taken = (fault: object): boolean => takes(parseFaults(JSON.stringify({ faults: [fault] }), 'test').faults[0]!)
  assert.deepEqual([{}, { status: 202 }, { send: 'half' }, { send: 'endless' }].map(taken), [true, true, true, true])
  assert.deepEqual(
    [{ status: 500 }, { status: 301 }, { send: 'nothing' }, { send: 'garbage' }].map(taken),
    Array(4).fill(false)
  )
  assert.deepEqual([taken({ status: 500, taken: true }), taken({ taken: false })], [true, false])
})

const bad: readonly [text: string, ...problems: RegExp[]][] = [
  ['', /the file is empty|expected a mapping/],
  ['[]', /expected a mapping with faults:, not a list/],
  ['{"fault":[]}', /^f:1:2: unknown key fault: .*did you mean faults\?/],
  ['{"faults":[{"statu":500}]}', /^f:1:13: unknown key statu: .*did you mean status\?/],
  ['{"faults":[{"status":42}]}', /^f:1:22: faults\.0\.status: expected at least 200, not 42/],
  ['{"faults":[{"send":"haff"}]}', /faults\.0\.send: expected one of whole, half, .*did you mean half\?/],
  ['{"faults":[{"when":{"share":1.5}}]}', /faults\.0\.when\.share: expected at most 1, not 1\.5/],
  ['{"faults":[{"headers":{"a":"b\\r\\nc"}}]}', /printable ASCII on one line/],
  ['{"faults":[{"headers":{"a b":"c"}}]}', /expected the name of a header, not "a b"/],
  [
    '{"faults":[{"delay_ms":-1},{"status":"x"}]}',
    /delay_ms: expected at least 0/,
    /faults\.1\.status: expected a whole number/
  ],
  ['{"faults":[', /^f:/]
]

for (const [text, ...patterns] of bad) {
  test(`no fault programme: ${text || 'nothing'}`, () => {
    assert.throws(
      () => parseFaults(text, 'f'),
      (error: unknown) => {
        assert.ok(error instanceof TercelError)
        assert.equal(error.message, 'f is no fault programme')
        const problems = error.problems.map(({ message, place }) => `f:${place?.line}:${place?.column}: ${message}`)
        assert.equal(problems.length, patterns.length, problems.join('\n'))
        for (const [index, pattern] of patterns.entries()) assert.match(problems[index]!, pattern)
        return true
      }
    )
  })
}

test('docs/sink.md names every key and value of a fault programme, and its example is one', () => {
  const text = readFileSync(resolveData('docs/sink.md'), 'utf8')
  const fault = faultProgramSchema.properties.faults.items.properties
  const words = [
    ...Object.keys(fault),
    ...Object.keys(fault.when.properties),
    ...fault.send.enum,
    ...fault.connection.enum
  ]
  for (const word of words) assert.ok(text.includes(`\`${word}\``), word)
  const [, example] = /```json\n(.*?)```/s.exec(text)!
  assert.equal(parseFaults(example!, 'example').faults.length, 4)
})
