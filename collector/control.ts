/** The messages from the collector to the reader. */
import { ControlKind, headerLength, offsets } from './layout.ts'

/** The message that asks for `calls` (numbers of calls.ts) to be traced. */
export function configureMessage(generation: number, calls: readonly number[]): Buffer {
  const length = (headerLength + 8 + calls.length * 2 + 7) & ~7
  const message = Buffer.alloc(length)
  message.writeUInt32LE(length, 0)
  message.writeUInt8(ControlKind.configure, offsets.kind)
  message.writeUInt32LE(generation, 8)
  message.writeUInt32LE(calls.length, 12)
  for (const [index, call] of calls.entries()) message.writeUInt16LE(call, 16 + index * 2)
  return message
}

/** The message that says that what came of the first `events` events of the connection is committed. */
export function settledMessage(events: number): Buffer {
  const message = Buffer.alloc(16)
  message.writeUInt32LE(16, 0)
  message.writeUInt8(ControlKind.settled, offsets.kind)
  message.writeBigUInt64LE(BigInt(events), 8)
  return message
}

/** The message that asks the reader to send nothing more; it answers with a `left` frame. */
export function leaveMessage(): Buffer {
  const message = Buffer.alloc(headerLength)
  message.writeUInt32LE(headerLength, 0)
  message.writeUInt8(ControlKind.leave, offsets.kind)
  return message
}
