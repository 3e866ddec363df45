/** Recordings that no recorder makes: whatever the bytes are, they are refused, or read to an end in bounded memory. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, zstdCompressSync } from 'node:zlib'
import { TercelError } from '../../../base/errors.ts'
import type { Event } from '../../../collector/event.ts'
import { FieldTag } from '../../../collector/layout.ts'
import { encodeBlockHead, encodePrologue } from '../../../collector/recording/format.ts'
import { nothingToCommit } from '../../../collector/source.ts'
import { RecordingSource } from '../../../collector/sources/recording.ts'
import { type Random, seededRandom } from '../../rules/support.ts'
import { exitFrame, helloFrame, imageFields, processFrame, statsFrame, syscallFrame } from '../frame-builder.ts'
import { header, readerOf, recordingOf } from './support.ts'

const frames = [
  helloFrame(),
  processFrame({ kind: 2, fields: imageFields(['sh']) }),
  syscallFrame({ call: 4, result: 3, fields: [{ tag: FieldTag.path, bytes: '/etc/passwd' }] }),
  processFrame({ call: 1, fields: imageFields(['id']) }),
  statsFrame([1, 2, 3]),
  exitFrame({})
]
const sound = recordingOf([frames, frames, frames])

/** Breaks bytes in a few places. */
function mutate(bytes: Buffer, random: Random): Buffer {
  let broken = Buffer.from(bytes)
  for (let count = 1 + random.below(4); count > 0 && broken.length > 8; count--) {
    const at = random.below(broken.length)
    switch (random.below(5)) {
      case 0:
        broken[at]! ^= 1 << random.below(8)
        break
      case 1:
        broken = broken.subarray(0, at)
        break
      case 2:
        broken = Buffer.concat([broken.subarray(0, at), broken.subarray(at + 1 + random.below(64))])
        break
      case 3:
        broken = Buffer.concat([broken.subarray(0, at), broken.subarray(random.below(at + 1))])
        break
      default:
        if (at + 4 <= broken.length) broken.writeUInt32LE(random.pick([0, 1, 0x7fffffff, 0xffffffff]), at)
    }
  }
  return broken
}

/** The same with checksums that are right again: what is broken is behind them. */
function crafted(random: Random): Buffer {
  const json = random.below(3) === 0 ? mutate(Buffer.from(JSON.stringify(header)), random) : JSON.stringify(header)
  const text = Buffer.from(json)
  const parts = [encodePrologue(text), text]
  for (let number = 0; number < 3; number++) {
    const broken = random.below(2) === 0 ? mutate(Buffer.concat(frames), random) : Buffer.concat(frames)
    const compressed = zstdCompressSync(broken)
    const payload = random.below(4) === 0 ? mutate(compressed, random) : compressed
    const framesLength = random.below(8) === 0 ? random.below(2 ** 21) : broken.length
    const lengths = { payloadLength: payload.length, framesLength, payloadChecksum: crc32(payload) }
    parts.push(encodeBlockHead({ kind: 1, number, events: random.below(2 ** 32), ...lengths }), payload)
  }
  return Buffer.concat(parts)
}

/** Gives how many events came; every one can be read. */
async function play(bytes: Buffer): Promise<number> {
  let events = 0
  const emit = (batch: readonly Event[]) => {
    for (const event of batch) {
      events++
      assert.equal(typeof event.time, 'bigint')
      assert.equal(typeof event.type, 'string')
    }
    return nothingToCommit
  }
  try {
    await new RecordingSource({ recording: readerOf(bytes) }).start(emit, new AbortController().signal)
  } catch (error) {
    if (!(error instanceof TercelError) || error.code !== 'TERCEL_RECORDING') throw error
  }
  return events
}

const first = Number(process.env.TERCEL_SEED ?? 1)

for (const [what, make] of [
  ['broken recordings', (random: Random) => mutate(sound, random)],
  ['crafted recordings', crafted]
] as const) {
  test(`${what} are played as far as they are sound, or refused`, async () => {
    let events = 0
    for (let seed = first; seed < first + 2000; seed++) {
      try {
        events += await play(make(seededRandom(seed)))
      } catch (error) {
        throw new Error(`seed ${seed} (set TERCEL_SEED=${seed} to begin with it)`, { cause: error })
      }
    }
    assert.ok(events > 1000, `${events} events`)
    assert.ok(process.memoryUsage().rss < 1024 * 2 ** 20, 'memory stays bounded')
  })
}
