/**
 * The numbers of reader/frame.h: kinds, tags, and where the members of a frame are. A test checks every one of them
 * against frames that C wrote.
 */

export const frameMagic = 0x4c435254
export const frameVersion = 1
export const frameMaxLength = 65536

export const FrameKind = {
  hello: 1,
  process: 2,
  exec: 3,
  fork: 4,
  exit: 5,
  syscall: 6,
  stats: 7,
  configured: 8,
  scanned: 9,
  left: 10
} as const

/** The kinds that reader and collector count as events, to know what is settled. */
export const eventKinds: ReadonlySet<number> = new Set([
  FrameKind.exec,
  FrameKind.fork,
  FrameKind.exit,
  FrameKind.syscall
])

export const ControlKind = { configure: 64, settled: 65, leave: 66 } as const

export const FieldTag = {
  path: 1,
  directory: 2,
  resolved: 3,
  file: 4,
  openHow: 5,
  sockaddr: 6,
  socket: 7,
  filename: 8,
  exepath: 9,
  cwd: 10,
  argv: 11,
  cgroup: 12,
  cgroupV1: 13,
  newPath: 14,
  newDirectory: 15,
  text: 16,
  data: 17,
  message: 18,
  queue: 19,
  socketPath: 20,
  peerPath: 21
} as const

export const fieldTagCount = 22

/** The lengths of the fields that are structures: what is read at their offsets must be there. */
export const structureLengths: Readonly<Record<number, number>> = {
  [FieldTag.file]: 24,
  [FieldTag.openHow]: 24,
  [FieldTag.socket]: 48,
  [FieldTag.message]: 8,
  [FieldTag.queue]: 8
}

/** Names of enum counter, in its order; the first is not a loss. */
export const counterNames = ['frames', 'ring_full', 'busy', 'storage', 'cut', 'unreadable', 'unresolved'] as const

/** Offsets from the start of a frame, in bytes. */
const task = { time: 8, startTime: 16, tgid: 24, tid: 28, uid: 32, gid: 36, comm: 40 }
export const commLength = 16

export const offsets = {
  length: 0,
  kind: 4,
  cpu: 6,
  task,
  process: {
    parentStartTime: 56,
    originStartTime: 64,
    parentTgid: 72,
    originTgid: 76,
    loginUid: 80,
    tty: 84,
    sid: 88,
    pgid: 92,
    vpid: 96,
    vsid: 100,
    vpgid: 104,
    call: 108,
    fieldCount: 110,
    fields: 112
  },
  exit: { exitCode: 56, end: 64 },
  syscall: { result: 56, args: 64, call: 112, fieldCount: 114, flags: 116, fields: 120 },
  stats: { bootOffset: 8, counters: 16, end: 80 },
  hello: {
    magic: 8,
    version: 12,
    bootOffset: 16,
    connection: 24,
    unsettled: 32,
    awayNs: 40,
    counters: 48,
    end: 120
  },
  configured: { generation: 8, error: 12, end: 16 }
} as const

/** The least length of each kind: a shorter frame is not decoded. */
export const minimumLength: Readonly<Record<number, number>> = {
  [FrameKind.hello]: offsets.hello.end,
  [FrameKind.process]: offsets.process.fields,
  [FrameKind.exec]: offsets.process.fields,
  [FrameKind.fork]: offsets.process.fields,
  [FrameKind.exit]: offsets.exit.end,
  [FrameKind.syscall]: offsets.syscall.fields,
  [FrameKind.stats]: offsets.stats.end,
  [FrameKind.configured]: offsets.configured.end,
  [FrameKind.scanned]: 8,
  [FrameKind.left]: 8
}

export const headerLength = 8
export const fieldHeaderLength = 8

/** The flags of a field. */
export const fieldCut = 1
export const fieldUnreadable = 2
export const fieldLate = 4
export const fieldNoFolder = 8
