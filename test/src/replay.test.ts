import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FieldTag } from '../../collector/layout.ts'
import { nothingToCommit } from '../../collector/source.ts'
import type { Alert } from '../../rules/alert.ts'
import { parseRuleFiles } from '../../rules/engine/load.ts'
import { Replay, recordedUuid } from '../../src/replay.ts'
import {
  helloFrame,
  imageFields,
  processFrame,
  scannedFrame,
  statsFrame,
  syscallFrame
} from '../collector/frame-builder.ts'
import { readerOf, recordingOf } from '../collector/recording/support.ts'

const rules = `
- rule: Opened
  desc: d
  condition: evt.type = openat
  output: opened %fd.name by %user.name on %evt.hostname
  priority: NOTICE
- rule: Lost
  desc: d
  source: internal
  condition: evt.type = drop
  output: lost %internal.counters
  priority: WARNING
`
const ruleset = parseRuleFiles([{ path: 'rules.yaml', text: rules }])

const boot = 1_767_323_045_000_000_000
const open = (path: string, task = {}) =>
  syscallFrame({ call: 4, result: 3, fields: [{ tag: FieldTag.path, bytes: path }], pid: 100, startTime: 100, ...task })
const start = [
  helloFrame({ bootOffset: boot }),
  processFrame({ kind: 2, pid: 100, startTime: 100, uid: 1000, fields: imageFields(['cat']) }),
  scannedFrame()
]

async function replay(...recordings: Buffer[]) {
  const alerts: Alert[] = []
  const warnings: string[] = []
  const print = (alert: Alert) => {
    alerts.push(alert)
    return nothingToCommit
  }
  const played = new Replay({ ruleset, print, warn: message => warnings.push(message) })
  for (const bytes of recordings) await played.play(readerOf(bytes))
  return { alerts, warnings, played }
}

describe('a replay', () => {
  test('gives alerts with the time, the host and the names of the recording', async () => {
    const bytes = recordingOf([[...start, open('/x', { uid: 1000, time: 123_456_000 })]], { hostname: 'elsewhere' })
    const { alerts, played, warnings } = await replay(bytes)
    assert.equal(alerts[0]?.output, '03:04:05.123456000: Notice opened /x by ann on elsewhere')
    assert.equal(alerts[0].hostname, 'elsewhere')
    assert.match(alerts[0].uuid, /^019b7ca9-/)
    assert.deepEqual([played.events, [...played.alerts]], [1, [['Opened', 1]]])
    assert.deepEqual(warnings, [])
  })

  test('gives the same again, to the byte; of another recording the uuids differ', async () => {
    const blocks = [[...start, open('/a'), open('/b'), statsFrame([0, 7], boot), open('/c')]]
    const text = async (bytes: Buffer) => JSON.stringify((await replay(bytes)).alerts)
    const once = await text(recordingOf(blocks))
    assert.equal(await text(recordingOf(blocks)), once)
    assert.notEqual(await text(recordingOf(blocks, { id: 'another' })), once)
    const { alerts } = await replay(recordingOf(blocks))
    assert.equal(new Set(alerts.map(({ uuid }) => uuid)).size, 4)
    assert.deepEqual(
      alerts.map(({ rule }) => rule),
      ['Opened', 'Opened', 'Lost', 'Opened']
    )
    assert.match(alerts[2]!.output, /lost ring_full=7$/)
  })

  test('measures the limits of rules by the time of the events, and counts what they hold back', async () => {
    const at = (seconds: number, count: number) =>
      Array.from({ length: count }, (_, index) => open('/x', { time: seconds * 1e9 + index }))
    const bytes = recordingOf([[...start, ...at(1, 1500), ...at(3, 500)]])
    const { alerts, played } = await replay(bytes)
    // A burst of 1000, and 100 a second.
    assert.equal(alerts.length, 1200)
    assert.deepEqual([...played.heldBack], [['Opened', 800]])
  })

  test('plays each recording with processes and limits of its own', async () => {
    const many = Array.from({ length: 1000 }, () => open('/x', { uid: 1000 }))
    const first = recordingOf([[...start, ...many]])
    const second = recordingOf([[helloFrame({ bootOffset: boot }), open('/y', { uid: 1000 })]], { id: 'second' })
    const { alerts, played } = await replay(first, second)
    assert.equal(alerts.length, 1001)
    // Of the process of the second nothing is known, so neither is whether it runs on the host.
    assert.match(alerts.at(-1)!.output, /opened \/y by <NA>/)
    assert.equal(played.heldBack.size, 0)
  })

  test('warns of calls that rules ask for and the recording lacks, and of what is not known here', async () => {
    const bytes = recordingOf([start], { calls: ['execve', 'teleport'], arch: 'pdp11', tercel: '9.0' })
    assert.deepEqual((await replay(bytes)).warnings, [
      'test.rec: the rules ask for openat, which was not traced in this recording',
      'test.rec: it was made by tercel 9.0; this one does not know teleport',
      'test.rec: it was made on pdp11, where some flags of open calls have other numbers'
    ])
  })
})

test('a recorded uuid has the form of version 7 and the time of its event', () => {
  const uuid = recordedUuid(1_767_323_045_123, 'origin')
  assert.match(uuid, /^019b7ca9-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16), 1_767_323_045_123)
  assert.equal(recordedUuid(1_767_323_045_123, 'origin'), uuid)
  assert.notEqual(recordedUuid(1_767_323_045_123, 'other'), uuid)
  assert.match(recordedUuid(-5, 'before 1970'), /^00000000-0000-7/)
})
