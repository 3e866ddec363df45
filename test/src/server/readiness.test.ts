import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SpoolState } from '../../../src/delivery/spool-state.ts'
import { Readiness } from '../../../src/server/readiness.ts'
import type { SpoolView } from '../../../src/server/spool-probe.ts'
import { spoolStatus } from './support.ts'

const since = Date.UTC(2026, 0, 2)

/** What readiness says of the spool alone. */
async function reasonsOf(view: Partial<SpoolView>): Promise<readonly [string, string, number][]> {
  const readiness = new Readiness({
    sensorEnabled: false,
    outputFailingSeconds: 300,
    collector: { state: undefined, stateSinceMs: 0 },
    lanes: new Map(),
    probe: { look: async () => ({ status: undefined, books: new Map(), unansweredMs: 0, ...view }) },
    spoolSinceMs: () => since
  })
  readiness.enter('running')
  const reasons = await readiness.reasons()
  return reasons.map(each => [each.component, each.what, Date.parse(each.since)] as const)
}

const status = (state: SpoolState) => spoolStatus({ state })

const cases: readonly [state: SpoolState, what: RegExp | undefined][] = [
  [{ kind: 'ok' }, undefined],
  [{ kind: 'at_limit' }, undefined],
  [{ kind: 'blocked', outputs: ['a'], reason: 'secret of a far end' }, /^new alerts wait: outputs .* a full backlog$/],
  [{ kind: 'disk_full', reason: 'no space' }, /^the disk of the spool is full/],
  [{ kind: 'failing', reason: 'disk I/O error' }, /^the spool cannot write/]
]

describe('a spool that is', () => {
  for (const [state, what] of cases) {
    test(`${state.kind} makes tercel ${what === undefined ? 'no less ready' : 'not ready, since it is so'}`, async () => {
      const reasons = await reasonsOf({ status: status(state) })
      assert.equal(reasons.length, what === undefined ? 0 : 1)
      if (what === undefined) return
      assert.match(reasons[0]![1], what)
      assert.deepEqual([reasons[0]![0], reasons[0]![2]], ['spool', since])
    })
  }
})

test('a spool that owes an answer for a moment is as it was; for longer, tercel is not ready', async () => {
  const ok = status({ kind: 'ok' })
  assert.deepEqual(await reasonsOf({ status: ok, unansweredMs: 9_000 }), [])
  const [reason] = await reasonsOf({ status: ok, unansweredMs: 11_000 })
  assert.match(reason![1], /^the spool does not answer/)
  assert.ok(Math.abs(Date.now() - 11_000 - reason![2]) < 1_000)
})

test('a spool that has never answered makes tercel not ready', async () => {
  assert.match((await reasonsOf({}))[0]![1], /^the spool does not answer/)
})
