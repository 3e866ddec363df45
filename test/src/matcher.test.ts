import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Event, InternalEvent } from '../../collector/event.ts'
import { internalEvent } from '../../collector/internal-event.ts'
import { nothingToCommit } from '../../collector/source.ts'
import { type Alert, priorities } from '../../rules/alert.ts'
import { Matcher } from '../../src/matcher.ts'

/** A matcher whose engine raises an alert for every event but `quiet`, and stumbles over `broken`. */
function makeMatcher({ full = false }: { full?: boolean } = {}) {
  /** Whether the spool refuses even reports; it counts what it refuses, as the producer does. */
  const spool = { stuck: false }
  const offered: { rule: string; internal: boolean; counters?: unknown }[] = []
  const commits: PromiseWithResolvers<void>[] = []
  const defects: string[] = []
  const counts: { suppressed: Record<string, number>; shed: Record<string, number> } = { suppressed: {}, shed: {} }
  const matcher = new Matcher({
    engine: {
      evaluate(event) {
        if (event.type === 'broken') throw new RangeError('rule gone wrong')
        if (event.type === 'quiet') return []
        const alert = { rule: event.type, output_fields: (event as InternalEvent).counters ?? {} } as unknown as Alert
        return event.type === 'twice' ? [alert, alert] : [alert]
      },
      takeSuppressed() {
        const taken = counts.suppressed
        counts.suppressed = {}
        return taken
      }
    },
    producer: {
      offer(alert, { internal = false } = {}) {
        if (spool.stuck || (full && !internal)) return undefined
        offered.push({ rule: alert.rule, internal, ...(internal && { counters: alert.output_fields }) })
        const commit = Promise.withResolvers<void>()
        commits.push(commit)
        return commit.promise
      },
      takeShed() {
        const taken = counts.shed
        counts.shed = {}
        return taken
      }
    },
    onDefect: message => defects.push(message)
  })
  return { matcher, offered, commits, defects, counts, spool }
}

const event = (type: string): Event => ({ source: 'syscall', type, time: 1n })

test('events that match nothing, and alerts that are shed, leave nothing to wait for', () => {
  const { matcher } = makeMatcher({ full: true })
  assert.equal(matcher.emit([event('quiet'), event('open')]), nothingToCommit)
})

test('emit waits until every alert of its events is committed', async () => {
  const { matcher, commits, offered } = makeMatcher()
  let done = false
  const emitted = matcher.emit([event('open'), event('quiet'), event('connect')]).then(() => {
    done = true
  })
  assert.deepEqual(offered, [
    { rule: 'open', internal: false },
    { rule: 'connect', internal: false }
  ])
  commits[1]!.resolve()
  await new Promise(setImmediate)
  assert.equal(done, false)
  commits[0]!.resolve()
  await emitted
})

test('an event that a rule stumbles over is counted as lost, reported once, and the next ones are matched', () => {
  const { matcher, offered, defects } = makeMatcher()
  matcher.emit([event('broken'), event('broken'), event('open')])
  assert.deepEqual(offered, [{ rule: 'open', internal: false }])
  assert.deepEqual(defects, ['an event of type broken could not be matched: rule gone wrong'])
  matcher.report()
  assert.deepEqual(offered.at(-1), { rule: 'drop', internal: true, counters: { not_matched: 2 } })
})

test('what was shed and what rules held back is reported as alerts of tercel itself, and only once', () => {
  const { matcher, offered, counts } = makeMatcher({ full: true })
  counts.shed = { Notice: 7 }
  counts.suppressed = { 'Noisy rule': 12 }
  matcher.report()
  matcher.report()
  assert.deepEqual(offered, [
    { rule: 'shed', internal: true, counters: { Notice: 7 } },
    { rule: 'rate_limit', internal: true, counters: { 'Noisy rule': 12 } }
  ])
})

describe('a report that the spool does not take', () => {
  test('is raised again until it is, with what came meanwhile, and is not counted as shed itself', () => {
    const { matcher, offered, counts, spool } = makeMatcher()
    spool.stuck = true
    counts.shed = { Notice: 7 }
    counts.suppressed = { R: 1 }
    matcher.report()
    matcher.emit([event('broken')])
    counts.shed = { Notice: 2, Error: 1 }
    matcher.report()
    matcher.report()
    assert.deepEqual(offered, [])
    assert.equal(matcher.unreported, 'shed Notice=9 Error=1, rate_limit R=1, drop not_matched=1')
    spool.stuck = false
    matcher.report()
    assert.equal(matcher.unreported, '')
    matcher.report()
    assert.deepEqual(
      offered.map(({ rule, counters }) => [rule, counters]),
      [
        ['shed', { Notice: 9, Error: 1 }],
        ['rate_limit', { R: 1 }],
        ['drop', { not_matched: 1 }]
      ]
    )
  })

  test('is kept when it came as an event of a source; nothing waits for it', () => {
    const { matcher, offered, spool } = makeMatcher()
    spool.stuck = true
    assert.equal(matcher.emit([internalEvent('gap', { unsettled_events: 5, away_ms: 10 })]), nothingToCommit)
    matcher.emit([internalEvent('drop', { ring_full: 3 })])
    spool.stuck = false
    matcher.emit([internalEvent('drop', { ring_full: 4, busy: 1 })])
    matcher.report()
    assert.deepEqual(offered, [
      { rule: 'drop', internal: true, counters: { ring_full: 7, busy: 1 } },
      { rule: 'gap', internal: true, counters: { unsettled_events: 5, away_ms: 10 } }
    ])
  })

  test('or could not write is raised again', async () => {
    const { matcher, offered, commits } = makeMatcher()
    matcher.add('shed', { Notice: 1 })
    matcher.report()
    matcher.add('shed', { Notice: 2 })
    commits[0]!.reject(new Error('the spool has gone'))
    await new Promise(setImmediate)
    matcher.report()
    assert.deepEqual(offered.at(-1), { rule: 'shed', internal: true, counters: { Notice: 3 } })
  })

  test('is not kept when no rule makes an alert of it', () => {
    const { matcher, offered } = makeMatcher()
    matcher.add('quiet', { n: 1 })
    matcher.report()
    matcher.add('loud', { n: 1 })
    matcher.report()
    assert.deepEqual(
      offered.map(({ rule }) => rule),
      ['loud']
    )
  })
})

test('what happens is counted once, whether the spool takes the report of it or not', () => {
  const { matcher, counts, spool } = makeMatcher({ full: true })
  spool.stuck = true
  matcher.emit([event('open'), event('quiet'), event('broken'), internalEvent('drop', { ring_full: 3 })])
  matcher.emit([internalEvent('gap', { unsettled_events: 5, away_ms: 10 })])
  matcher.add('shed', { 'slack:Notice': 9 })
  counts.shed = { Notice: 1 }
  counts.suppressed = { 'a rule': 2, constructor: 3 }
  matcher.report()
  matcher.report()
  const { events, suppressed, awayMs, shed, lost } = matcher.counts
  assert.deepEqual([events, suppressed, awayMs, shed.Notice], [3, 5, 10, 1])
  assert.deepEqual(
    Object.entries(lost).filter(([, count]) => count > 0),
    [
      ['ring_full', 3],
      ['not_matched', 1],
      ['unsettled_events', 5]
    ]
  )
})

test('a priority that is none makes no counter of its own', () => {
  const { matcher } = makeMatcher()
  matcher.emit([event('open')])
  assert.deepEqual(Object.keys(matcher.counts.raised), [...priorities])
})

test('what is added counts with what was shed, whatever the reason is called', () => {
  const { matcher, offered, counts } = makeMatcher()
  matcher.add('shed', { Notice: 2 })
  matcher.add('rate_limit', Object.fromEntries([['__proto__', 4]]))
  counts.shed = { Notice: 1 }
  matcher.report()
  assert.deepEqual(
    offered.map(({ counters }) => Object.entries(counters as object)),
    [[['Notice', 3]], [['__proto__', 4]]]
  )
})
