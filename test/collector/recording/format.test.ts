/** The form of a recording: what is written is read again, and of what was cut or damaged only what is sound. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { constants, crc32, createZstdCompress, zstdCompressSync } from 'node:zlib'
import { TercelError } from '../../../base/errors.ts'
import { FieldTag } from '../../../collector/layout.ts'
import {
  blockHeadLength,
  encodeBlockHead,
  encodePrologue,
  prologueLength
} from '../../../collector/recording/format.ts'
import { RecordingWriter } from '../../../collector/recording/writer.ts'
import { exitFrame, helloFrame, statsFrame, syscallFrame } from '../frame-builder.ts'
import { blocksOf, header, readerOf, recordingOf } from './support.ts'

const open = (path: string) => syscallFrame({ call: 4, result: 3, fields: [{ tag: FieldTag.path, bytes: path }] })
const blocks = [
  [helloFrame(), open('/a')],
  [open('/b'), exitFrame({})],
  [open('/c'), statsFrame([])]
]

/** What blocks hold, in hexadecimal; `damaged` with its events, `cut` and `end` by name. */
function contents(bytes: Uint8Array): string[] {
  return blocksOf(bytes).map(block => {
    if (block.kind === 'frames') return block.frames.toString('hex')
    return block.kind === 'damaged' ? `damaged ${block.events}` : block.kind
  })
}

const hexOf = (frames: readonly Buffer[]) => Buffer.concat(frames).toString('hex')
const whole = blocks.map(hexOf)

/** Where each block of a recording begins. */
const startsOf = (bytes: Buffer) => blocksOf(bytes).map(({ position }) => position)

function refused(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => readerOf(bytes),
    (error: unknown) => {
      assert.ok(error instanceof TercelError)
      assert.equal(error.code, 'TERCEL_RECORDING')
      assert.match(error.message, message)
      return true
    }
  )
}

describe('a recording', () => {
  test('gives its header and its frames again, block by block', () => {
    const bytes = recordingOf(blocks)
    assert.deepEqual(readerOf(bytes).header, header)
    assert.deepEqual(contents(bytes), [...whole, 'end'])
  })

  test('counts events and bytes as they are written', () => {
    let written = 0
    const writer = new RecordingWriter(header, bytes => {
      written += bytes.length
    })
    for (const frame of blocks.flat()) writer.add(frame)
    writer.end()
    assert.deepEqual([writer.events, writer.stats, writer.bytes], [4, 1, written])
  })

  test('is written in blocks of bounded size, however much comes at once', () => {
    const frame = open(`/${'x'.repeat(4000)}`)
    const frames = Array.from({ length: 1000 }, () => frame)
    const large = Buffer.concat(Array.from({ length: 250 }, () => frame))
    const found = blocksOf(recordingOf([frames, [large, large], [...frames.slice(0, 10), large]]))
    const sizes = found.map(block => (block.kind === 'frames' ? block.frames.length : 0))
    assert.ok(Math.max(...sizes) <= 2 ** 20)
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      1760 * frame.length
    )
  })

  test('cut at any byte gives the blocks before the cut, and says that it is cut', () => {
    const bytes = recordingOf(blocks)
    const starts = startsOf(bytes)
    const first = starts[0]!
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length)
      if (length < first) refused(cut, /is empty|is no recording|is cut within its header/)
      else {
        const sound = starts.slice(1).filter(start => start <= length).length
        assert.deepEqual(contents(cut), [...whole.slice(0, sound), 'cut'], `${length} bytes`)
      }
    }
  })

  test('with any bit of its frames changed gives all blocks but that one, and says how many events are missing', () => {
    const bytes = recordingOf(blocks)
    const [, second, third] = startsOf(bytes)
    for (let at = second! + blockHeadLength; at < third!; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= 1 << (at & 7)
      assert.deepEqual(contents(damaged), [whole[0], 'damaged 2', whole[2], 'end'], `byte ${at}`)
    }
  })

  test('with any bit of a head changed ends there', () => {
    const bytes = recordingOf(blocks)
    const second = startsOf(bytes)[1]!
    for (let bit = 0; bit < blockHeadLength * 8; bit++) {
      const damaged = Buffer.from(bytes)
      damaged[second + (bit >> 3)]! ^= 1 << (bit & 7)
      assert.deepEqual(contents(damaged), [whole[0], 'cut'], `bit ${bit}`)
    }
  })

  test('with any bit of its start changed is refused', () => {
    const bytes = recordingOf(blocks)
    for (let bit = 0; bit < startsOf(bytes)[0]! * 8; bit++) {
      const damaged = Buffer.from(bytes)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      refused(damaged, /is no recording|has version \d+ of the format|has a damaged header/)
    }
  })

  test('whose blocks change places ends where the order is wrong', () => {
    const bytes = recordingOf(blocks)
    const [first, second, third, end] = startsOf(bytes) as [number, number, number, number]
    const [start, a, b, c, rest] = [
      bytes.subarray(0, first),
      bytes.subarray(first, second),
      bytes.subarray(second, third),
      bytes.subarray(third, end),
      bytes.subarray(end)
    ]
    assert.deepEqual(contents(Buffer.concat([start, a, c, b, rest])), [whole[0], 'cut'])
    assert.deepEqual(contents(Buffer.concat([start, a, a, b, c, rest])), [whole[0], 'cut'])
  })

  test('says when something follows its end', () => {
    const end = blocksOf(Buffer.concat([recordingOf(blocks), Buffer.of(0)])).at(-1)
    assert.ok(end?.kind === 'end' && end.excess)
  })
})

/** A recording with this header and these blocks, with checksums that are right. */
function crafted(json: unknown, ...parts: Buffer[]): Buffer {
  const text = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json))
  return Buffer.concat([encodePrologue(text), text, ...parts])
}

function craftedBlock(
  payload: Buffer,
  framesLength: number,
  members: Partial<Parameters<typeof encodeBlockHead>[0]> = {}
) {
  const head = { kind: 1, number: 0, payloadLength: payload.length, framesLength, events: 7 }
  return Buffer.concat([encodeBlockHead({ ...head, payloadChecksum: crc32(payload), ...members }), payload])
}

/** What becomes 1 MiB, in a window of 128 MiB: only a stream, whose length is not known at its start, has such a one. */
const stream = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: 27 } })
stream.write(Buffer.alloc(2 ** 19))
stream.end(Buffer.alloc(2 ** 19))
const wide = Buffer.concat(await stream.toArray())

describe('what somebody made to look like a recording', () => {
  const headers: readonly [what: string, json: unknown][] = [
    ['no JSON', '{"id":'],
    ['no object', []],
    ['nothing in it', {}],
    ['null', null],
    ['no accounts', { ...header, accounts: undefined }],
    ['names that are none', { ...header, accounts: { users: [[0, 1]], groups: [] } }],
    ['ids that are none', { ...header, accounts: { users: [[-1, 'x']], groups: [] } }],
    ['a bound of 0 processes', { ...header, processes: 0 }],
    ['a bound of very many processes', { ...header, processes: 2 ** 40 }],
    ['calls that are no names', { ...header, calls: [1] }],
    ['a hostname without end', { ...header, hostname: 'x'.repeat(100_000) }],
    ['a time that is none', { ...header, begun: 'today' }],
    ['a time beyond all calendars', { ...header, begun: 1e300 }]
  ]
  for (const [what, json] of headers) {
    test(`is refused with a header that has ${what}`, () => refused(crafted(json), /has a damaged header/))
  }

  test('is refused with frames of another version, with the release that made it', () => {
    const bytes = crafted({ ...header, tercel: '9.9', frameVersion: 77 })
    refused(bytes, /made by tercel 9\.9 with version 77 of the frames, this tercel reads 1/)
  })

  test('is refused in another version of the format', () => {
    const bytes = crafted(header)
    bytes.writeUInt32LE(2, 8)
    refused(bytes, /^test\.rec has version 2 of the format, this tercel reads 1/)
  })

  test('is refused with a header that is too large before memory is taken for it', () => {
    const bytes = crafted(header)
    bytes.writeUInt32LE(0xffffffff, 12)
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20)
    refused(bytes, /has a header that is too large/)
  })

  test('is refused when it is another file', () => {
    refused(Buffer.from('#!/bin/sh\necho this is a script of some length\n'), /^test\.rec is no recording of tercel$/)
    refused(Buffer.alloc(0), /^test\.rec is empty: a recording of tercel was expected$/)
  })

  const zeros = (bytes: number) => zstdCompressSync(Buffer.alloc(bytes))
  const cases: readonly [what: string, block: Buffer, expected: string][] = [
    ['a bomb, which would become more than it says', craftedBlock(zeros(2 ** 26), 4096), 'damaged 7'],
    ['frames that are fewer than it says', craftedBlock(zeros(4096), 8192), 'damaged 7'],
    ['a window that takes a lot of memory', craftedBlock(wide, 2 ** 20), 'damaged 7'],
    ['a payload that is not compressed', craftedBlock(Buffer.alloc(100, 1), 4096), 'damaged 7'],
    ['no payload', craftedBlock(Buffer.alloc(0), 4096), 'damaged 7'],
    ['two payloads', craftedBlock(Buffer.concat([zeros(4096), zeros(4096)]), 4096), 'damaged 7'],
    ['more frames than a block may have', craftedBlock(zeros(2 ** 21), 2 ** 21), 'cut'],
    ['no frames', craftedBlock(zeros(0), 0), 'cut'],
    ['a payload of 4 GiB', craftedBlock(zeros(1), 4096, { payloadLength: 0xffffffff }), 'cut'],
    ['an unknown kind', craftedBlock(zeros(4096), 4096, { kind: 3 }), 'cut'],
    ['a number that is not the next', craftedBlock(zeros(4096), 4096, { number: 1 }), 'cut']
  ]
  for (const [what, block, expected] of cases) {
    test(`gives nothing of a block that has ${what}`, () => {
      const before = process.memoryUsage().rss
      const [first] = blocksOf(crafted(header, block))
      assert.equal(contents(crafted(header, block))[0], expected)
      if (first?.kind === 'cut') assert.match(first.reason, /damaged in its head/)
      assert.ok(process.memoryUsage().rss - before < 64 * 2 ** 20, 'memory stays bounded')
    })
  }

  test('does not hide blocks in its frames: behind a damaged head nothing is looked for', () => {
    const forged = recordingOf([[open('/forged')]]).subarray(readerOf(recordingOf([])).position)
    const bytes = crafted(header, Buffer.alloc(40, 1), forged)
    assert.deepEqual(contents(bytes), ['cut'])
  })

  test('the prologue has the length that the format says', () => {
    assert.equal(encodePrologue(Buffer.alloc(0)).length, prologueLength)
  })
})
