import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { configureMessage, settledMessage } from '../../collector/control.ts'
import { FieldIndex, FrameBuffer, StreamError } from '../../collector/frames.ts'
import { FieldTag, FrameKind, fieldUnreadable, frameMaxLength } from '../../collector/layout.ts'
import {
  exitFrame,
  fileField,
  frameOf,
  openHowField,
  scannedFrame,
  socketField,
  statsFrame,
  syscallFrame
} from './frame-builder.ts'
import { goldenMissing, goldenStream } from './golden.ts'
import { feed, frameInBuffer } from './support.ts'

/** Every frame of the stream as its bytes, when it is fed in chunks of this many bytes. */
function framesOf(stream: Buffer, chunk: number, frames = new FrameBuffer()): string[] {
  const found: string[] = []
  for (let at = 0; at < stream.length; at += chunk) {
    feed(frames, stream.subarray(at, at + chunk), frame => {
      assert.equal(frame.at % 8, 0)
      assert.equal(frames.bytes[frame.at + 4], frame.kind)
      found.push(frames.latin1(frame.at, frame.at + frame.length))
    })
  }
  return found
}

function withLength(frame: Buffer, length: number): Buffer {
  frame.writeUInt32LE(length, 0)
  return frame
}

describe('walking the stream', () => {
  test('the size of the chunks does not matter', { skip: goldenMissing }, () => {
    const stream = goldenStream()
    const whole = framesOf(stream, stream.length)
    assert.equal(whole.length, 10)
    for (let chunk = 1; chunk < stream.length; chunk++) assert.deepEqual(framesOf(stream, chunk), whole)
  })

  test('a frame that comes in many chunks is seen once, whole', () => {
    const path = { tag: FieldTag.path, bytes: 'p'.repeat(60_000) }
    const frame = syscallFrame({ call: 4, fields: [path] })
    const stream = Buffer.concat([scannedFrame(), frame, scannedFrame(), frame])
    for (const chunk of [1000, 4097, 65_536]) {
      assert.deepEqual(
        framesOf(stream, chunk).map(each => each.length),
        [8, frame.length, 8, frame.length]
      )
    }
  })

  test('frames of the greatest length pass through the smallest buffer, and there is always room for more', () => {
    const frames = new FrameBuffer(0)
    const frame = frameOf(FrameKind.syscall, frameMaxLength)
    const stream = Buffer.concat([scannedFrame(), ...Array.from({ length: 20 }, () => frame)])
    let roomLeft = Number.POSITIVE_INFINITY
    let seen = 0
    for (let at = 0; at < stream.length; at += 10_007) {
      feed(frames, stream.subarray(at, at + 10_007), () => seen++)
      roomLeft = Math.min(roomLeft, frames.space().length)
    }
    assert.equal(seen, 21)
    assert.ok(roomLeft > 0)
  })

  for (const length of [0, 1, 7, 12, 9, 65_537, 65_544, 0x7fffffff, 0x80000000, 0xffffffff]) {
    test(`a frame that claims ${length} bytes ends the stream with an error`, () => {
      const frames = new FrameBuffer()
      const seen: number[] = []
      const stream = Buffer.concat([scannedFrame(), withLength(statsFrame([]), length)])
      assert.throws(
        () => feed(frames, stream, ({ kind }) => seen.push(kind)),
        (error: unknown) => error instanceof StreamError && error.message.includes(`a frame of ${length} bytes`)
      )
      assert.deepEqual(seen, [FrameKind.scanned], 'the frames before it count')
    })
  }

  const tooShort = [
    ['hello', FrameKind.hello, 120],
    ['process', FrameKind.process, 112],
    ['exec', FrameKind.exec, 112],
    ['fork', FrameKind.fork, 112],
    ['exit', FrameKind.exit, 64],
    ['syscall', FrameKind.syscall, 120],
    ['stats', FrameKind.stats, 80],
    ['configured', FrameKind.configured, 16]
  ] as const
  for (const [name, kind, least] of tooShort) {
    test(`a frame of kind ${name} is visited from ${least} bytes on, a shorter one is counted and skipped`, () => {
      const frames = new FrameBuffer()
      const seen: number[] = []
      const stream = Buffer.concat([frameOf(kind, least - 8), scannedFrame(), frameOf(kind, least)])
      feed(frames, stream, frame => seen.push(frame.kind))
      assert.deepEqual(seen, [FrameKind.scanned, kind])
      assert.equal(frames.malformed, 1)
    })
  }

  test('frames of unknown kinds are counted and skipped', () => {
    const frames = new FrameBuffer()
    const seen: number[] = []
    const kinds = [0, 11, 64, 65, 255]
    const stream = Buffer.concat([...kinds.map(kind => frameOf(kind, 512)), scannedFrame()])
    feed(frames, stream, ({ kind }) => seen.push(kind))
    assert.deepEqual(seen, [FrameKind.scanned])
    assert.equal(frames.malformed, kinds.length)
  })

  test('what is left of a connection does not run into the next one', () => {
    const frames = new FrameBuffer()
    feed(frames, statsFrame([]).subarray(0, 20))
    frames.reset()
    assert.deepEqual(framesOf(scannedFrame(), 8, frames), [scannedFrame().toString('latin1')])
  })

  test('a text ends at its NUL, or where its room ends', () => {
    const frames = new FrameBuffer()
    frames.space().set(Buffer.from('ab\0cdefgh\xff\0', 'latin1'))
    assert.equal(frames.text(0, 8), 'ab')
    assert.equal(frames.text(3, 4), 'cdef')
    assert.equal(frames.text(3, 16), 'cdefgh\xff')
    assert.equal(frames.text(2, 4), '')
    frames.bytes.fill(0x78)
    assert.equal(frames.text(frames.bytes.length - 4, 16), 'xxxx')
  })
})

describe('the fields of a frame', () => {
  const read = (frame: Buffer) => frameInBuffer(frame, 114, 120)

  test('an empty field is there, and one that could not be read is not', () => {
    const { fields, frames, whole } = read(
      syscallFrame({
        call: 4,
        fields: [
          { tag: FieldTag.path, bytes: '' },
          { tag: FieldTag.directory, bytes: '', flags: fieldUnreadable }
        ]
      })
    )
    assert.ok(whole)
    assert.equal(fields.string(frames, FieldTag.path), '')
    assert.equal(fields.string(frames, FieldTag.directory), undefined)
    assert.equal(fields.string(frames, FieldTag.resolved), undefined)
    assert.equal(fields.has(FieldTag.resolved), false)
  })

  test('the fields of the frame before are forgotten', () => {
    const frames = new FrameBuffer()
    const fields = new FieldIndex()
    const stream = [syscallFrame({ call: 4, fields: [{ tag: FieldTag.path, bytes: 'x' }] }), syscallFrame({ call: 4 })]
    const paths: unknown[] = []
    feed(frames, Buffer.concat(stream), ({ at, length }) => {
      fields.read(frames, at + 120, frames.u16(at + 114), at + length)
      paths.push(fields.string(frames, FieldTag.path))
    })
    assert.deepEqual(paths, ['x', undefined])
  })

  test('a tag of a newer reader is passed over', () => {
    const { fields, frames, whole } = read(
      syscallFrame({
        call: 4,
        fields: [
          { tag: 14, bytes: 'new' },
          { tag: 65_535, bytes: 'newer' },
          { tag: FieldTag.path, bytes: 'x' }
        ]
      })
    )
    assert.ok(whole)
    assert.equal(fields.string(frames, FieldTag.path), 'x')
  })

  const misfits = [
    ['a count of fields that are not there', 3, [{ tag: FieldTag.path, bytes: 'x' }]],
    ['a length that ends behind the frame', 1, [{ tag: FieldTag.path, bytes: 'x', length: 9 }]],
    ['a length near 2^32', 1, [{ tag: FieldTag.path, bytes: 'x', length: 0xffffffff }]],
    ['a length of 2^31', 1, [{ tag: FieldTag.path, bytes: 'x', length: 0x80000000 }]],
    ['a file of 16 bytes', 1, [{ tag: FieldTag.file, bytes: 'x'.repeat(16) }]],
    ['an open_how of no bytes', 1, [{ tag: FieldTag.openHow, bytes: '' }]],
    ['a socket of 40 bytes', 1, [{ tag: FieldTag.socket, bytes: 'x'.repeat(40) }]]
  ] as const
  for (const [what, count, fields] of misfits) {
    test(`${what} makes no sense`, () => {
      const frame = syscallFrame({ call: 4, fields })
      frame.writeUInt16LE(count, 114)
      assert.equal(read(frame).whole, false)
    })
  }

  test('are not looked for behind the end of the buffer', () => {
    const frames = new FrameBuffer(0)
    const fields = new FieldIndex()
    const stream = Buffer.concat([
      frameOf(FrameKind.syscall, frameMaxLength),
      frameOf(FrameKind.syscall, frameMaxLength)
    ])
    assert.equal(stream.length, frames.bytes.length)
    feed(frames, stream, ({ at, length }) => {
      if (at > 0) assert.equal(fields.read(frames, at + length, 1, at + length), false)
    })
  })

  test('a structure that could not be read is absent, and the frame is whole', () => {
    const unreadable = [fileField(0), openHowField(0, 0, 0), socketField({ family: 2 })].map(({ tag }) => ({
      tag,
      bytes: '',
      flags: fieldUnreadable
    }))
    const { fields, whole } = read(syscallFrame({ call: 5, fields: unreadable }))
    assert.ok(whole)
    assert.deepEqual(
      unreadable.map(({ tag }) => fields.has(tag)),
      [false, false, false]
    )
  })
})

describe('control messages', () => {
  test('a configure message counts its calls and is a multiple of eight bytes long', () => {
    const message = configureMessage(7, [3, 4, 0x105])
    assert.equal(message.toString('hex'), '1800000040000000' + '0700000003000000' + '0300040005010000')
    assert.equal(configureMessage(1, []).toString('hex'), '1000000040000000' + '0100000000000000')
    assert.equal(configureMessage(1, [1, 2, 3, 4]).length, 24)
    assert.equal(configureMessage(1, [1, 2, 3, 4, 5]).length, 32)
  })

  test('a settled message carries numbers of events beyond 32 bits', () => {
    assert.equal(settledMessage(0x1_0000_0002).toString('hex'), '1000000041000000' + '0200000001000000')
  })
})

test('the bytes of whole frames are given on as they were, also when what follows makes no sense', () => {
  const frames = new FrameBuffer()
  const stream = Buffer.concat([
    exitFrame({}),
    frameOf(99, 24),
    exitFrame({ pid: 2 }),
    Buffer.from([9, 0, 0, 0, 5, 0, 0, 0])
  ])
  const whole: Buffer[] = []
  const take = (bytes: Uint8Array) => void whole.push(Buffer.from(bytes))
  // The second frame comes in two parts.
  frames.space().set(stream.subarray(0, 70))
  frames.advance(70, () => {}, undefined, take)
  assert.equal(frames.unfinished, 6)
  frames.space().set(stream.subarray(70))
  assert.throws(() => frames.advance(stream.length - 70, () => {}, undefined, take), StreamError)
  assert.deepEqual(
    whole.map(({ length }) => length),
    [64, 88]
  )
  assert.deepEqual(Buffer.concat(whole), stream.subarray(0, 152))
})
