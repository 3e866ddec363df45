/** Calls on sockets. */
import type { Argument } from '../event.ts'
import { FieldTag } from '../layout.ts'
import {
  acceptedDescriptor,
  boundDescriptor,
  connectedDescriptor,
  madeDescriptor,
  sendingDescriptor
} from '../socket-descriptor.ts'
import { familyMade, familyName, socketFlagNames, socketFlags, socketType } from '../socket-names.ts'
import { formatEndpoint, readSocketAddress, readSocketEnds, unmapped } from '../sockets.ts'
import {
  type Call,
  type CallFrame,
  descriptorArgument,
  fieldText,
  intArgument,
  notKnown,
  resultAs,
  sizeText
} from './call.ts'

const tuple = ({ descriptor }: CallFrame): Argument => ({ name: 'tuple', value: descriptor?.name ?? notKnown })

/** The address that was passed in. */
function address({ frames, fields }: CallFrame): Argument {
  const start = fields.starts[FieldTag.sockaddr]!
  const read = start === 0 ? undefined : readSocketAddress(frames, start, fields.lengths[FieldTag.sockaddr]!)
  const value = read?.endpoint === undefined ? read?.path : formatEndpoint(unmapped(read.endpoint))
  return { name: 'addr', value: value ?? notKnown }
}

/** How full the queue of the listening socket is that the connection was taken from. */
function queue({ frames, fields }: CallFrame): Argument[] {
  const start = fields.starts[FieldTag.queue]!
  const [length, limit] = start === 0 ? [0, 0] : [frames.u32(start), frames.u32(start + 4)]
  const percent = limit === 0 ? 0 : Math.min(Math.floor((length * 100) / limit), 100)
  return [
    { name: 'queuepct', value: `${percent}` },
    { name: 'queuelen', value: `${length}` },
    { name: 'queuemax', value: `${limit}` }
  ]
}

const acceptArguments = (call: CallFrame): Argument[] => [resultAs('fd', call), tuple(call), ...queue(call)]

/** What was asked for; where the arguments of a socketcall could not be read, what the socket that was made tells. */
function socketArguments(call: CallFrame): Argument[] {
  const [family, type, protocol] = [0, 1, 2].map(index => intArgument(call, index)) as [number, number, number]
  const socket = call.fields.starts[FieldTag.socket]!
  const isRead = family >= 0 || socket === 0
  const made = isRead ? familyMade(family, type) : readSocketEnds(call.frames, socket).family
  return [
    resultAs('fd', call),
    { name: 'domain', value: familyName(made) },
    { name: 'type', value: isRead ? `${socketType(type)}` : notKnown },
    { name: 'proto', value: isRead ? `${protocol}` : notKnown },
    { name: 'flags', value: isRead ? socketFlagNames(socketFlags(type)) : notKnown }
  ]
}

const sendArguments = (call: CallFrame, size: string): Argument[] => [
  resultAs('res', call),
  { name: 'data', value: fieldText(call, FieldTag.data) },
  descriptorArgument('fd', call, 0),
  { name: 'size', value: size },
  tuple(call)
]

export const socketCalls: readonly Call[] = [
  {
    number: 6,
    name: 'connect',
    descriptor: connectedDescriptor,
    args: call => [resultAs('res', call), descriptorArgument('fd', call, 0), address(call), tuple(call)]
  },
  { number: 8, name: 'accept', descriptor: acceptedDescriptor, args: acceptArguments },
  {
    number: 9,
    name: 'accept4',
    descriptor: acceptedDescriptor,
    args: call => [...acceptArguments(call), { name: 'flags', value: socketFlagNames(intArgument(call, 3)) }]
  },
  {
    number: 10,
    name: 'bind',
    descriptor: boundDescriptor,
    args: call => [resultAs('res', call), address(call), descriptorArgument('fd', call, 0)]
  },
  {
    number: 11,
    name: 'listen',
    descriptor: boundDescriptor,
    args: call => [
      resultAs('res', call),
      descriptorArgument('fd', call, 0),
      { name: 'backlog', value: `${intArgument(call, 1)}` }
    ]
  },
  {
    number: 12,
    name: 'sendto',
    descriptor: sendingDescriptor,
    args: call => sendArguments(call, sizeText(call, 2))
  },
  {
    number: 13,
    name: 'sendmsg',
    descriptor: sendingDescriptor,
    args: call => {
      const message = call.fields.starts[FieldTag.message]!
      return sendArguments(call, message === 0 ? notKnown : `${call.frames.bigU64(message)}`)
    }
  },
  {
    number: 14,
    name: 'socket',
    descriptor: madeDescriptor,
    args: socketArguments
  }
]
