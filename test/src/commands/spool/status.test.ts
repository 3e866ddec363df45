import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatusAnswer } from '../../../../src/server/api-types.ts'
import type { ServerParts } from '../../../../src/server/server.ts'
import { hookOutput, hostile, startFilled } from '../control-support.ts'

type Lanes = ServerParts['lanes']
type LaneView = Lanes extends ReadonlyMap<string, infer View> ? View : never

/** A lane whose far end has failed for twelve minutes and is tried again in nine seconds and a half. */
function failingLane(): LaneView {
  const nowMs = Date.now()
  return {
    health: {
      failing: true,
      failingSinceMs: nowMs - 12 * 60_000 - 500,
      consecutiveFailures: 37,
      lastError: `answered 503: ${hostile}`,
      lastSuccessMs: undefined,
      oldestWaitingMs: undefined
    },
    activity: { sends: [], breaker: { kind: 'open', untilMs: nowMs + 60_500 }, concurrency: 1, inFlight: 0 }
  } as unknown as LaneView
}

test('status tells what waits for each output, and why', async t => {
  const other = { ...hookOutput, name: 'new' }
  const lanes: Lanes = new Map([['hook', failingLane()]])
  const { tercel } = await startFilled(t, { outputs: [hookOutput, other], lanes })
  const { exitCode, stdout, stderr } = await tercel('spool', 'status')
  assert.deepEqual([exitCode, stderr], [0, ''])
  const [spool, running, table, notes] = stdout.trimEnd().split(/\n\n|\n(?=tercel )/)
  assert.match(spool!, /^spool: ok; \S+ [kM]B of 1\.07 GB used \(0 %\); 4 alerts accepted$/)
  assert.match(running!, /^tercel \d+\.\d+\.\d+, sensor: disabled$/)
  assert.deepEqual(
    table!.split('\n').map(line => line.replace(/ \d+ B | \d+(ms|s) /g, ' N ').split(/ {2,}/)),
    [
      ['OUTPUT', 'STATE', 'WAITING', 'SIZE', 'OLDEST', 'DELIVERED', 'DEAD', 'SHED', 'FILTERED', 'THROTTLED'],
      ['hook', 'FAILING', '1', 'N', 'N', '0', '3', '0', '0', '0'],
      ['new', 'new', '-', '-', '-', '-', '-', '-', '-', '-'],
      ['old', 'left', '3', 'N', 'N', '0', '1', '0', '0', '0']
    ]
  )
  const [failing, left, dead, ...rest] = notes!.split('\n')
  assert.match(
    failing!,
    /^hook has failed for 12m(?:\d+s)?, since \S+Z \(37 attempts\): answered 503: x\\x1b\[2Jy\\n\\u202ez; it is tried again in (?:1m|\d\ds)$/
  )
  assert.equal(left, 'old is no longer configured: tercel spool forget old gives up what waits for it (3 alerts)')
  assert.match(dead!, /^dead counts alerts .*: tercel dlq list shows those that are kept$/)
  assert.deepEqual(rest, [])
})

test('status as JSON is what the API gives', async t => {
  const { tercel } = await startFilled(t)
  const { stdout } = await tercel('spool', 'status', '--json')
  const { spool, outputs } = JSON.parse(stdout) as StatusAnswer
  assert.equal(spool.accepted, 4)
  assert.deepEqual(
    outputs.map(({ name, configured, books }) => [name, configured, books!.waiting]),
    [
      ['hook', true, 1],
      ['old', false, 3]
    ]
  )
})
