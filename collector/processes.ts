/**
 * The processes of the machine, as exec, fork and exit frames and the scan at the start tell. Bounded: at the limit the
 * entry that was made first goes. A process that has ended stays reachable as long as a living descendant needs it.
 */
import { containerIdOf } from './containers.ts'
import type { Nanoseconds, Process } from './event.ts'
import type { FieldIndex, FrameBuffer } from './frames.ts'
import { commLength, FieldTag, FrameKind, offsets } from './layout.ts'

/** A chain of ended ancestors is cut here, or processes that fork and exit for ever would hold all memory. */
const endedAncestorsKept = 64

const noLoginUid = 0xffffffff

export class ProcessRecord implements Process {
  readonly pid: number
  /** Start in ns since boot, as frames carry it: with the pid the key. */
  readonly startKey: number
  readonly startTime: Nanoseconds
  parent: ProcessRecord | undefined = undefined
  sessionLeader: ProcessRecord | undefined = undefined
  ppid = 0
  name = ''
  exe: string | undefined = undefined
  exepath: string | undefined = undefined
  args: readonly string[] = []
  cwd: string | undefined = undefined
  uid = 0
  gid = 0
  loginUid = -1
  sid = 0
  pgid = 0
  vpid = 0
  vsid = 0
  vpgid = 0
  tty = 0
  containerId = ''
  ended = false
  /** Time of the scan that told of it, ns since boot: older frames are older news. */
  scannedAt = 0
  /** The four words of the name, so that a frame's can be compared without making a string. */
  readonly nameWords = new Uint32Array(commLength / 4)

  constructor(pid: number, startKey: number, startTime: Nanoseconds) {
    this.pid = pid
    this.startKey = startKey
    this.startTime = startTime
  }
}

export class ProcessTable {
  readonly #records = new Map<number, ProcessRecord>()
  readonly #limit: number
  /** ns to add to a boot time to get the wall clock. */
  bootOffset: Nanoseconds = 0n
  /** Entries given up at the limit. */
  evicted = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#records.size
  }

  /** Forgets everything: a new scan follows. */
  clear(): void {
    this.#records.clear()
  }

  /** The process with this pid and start (ns since boot; 0 takes any), or undefined. */
  find(pid: number, startKey: number): ProcessRecord | undefined {
    const record = this.#records.get(pid)
    return record !== undefined && (startKey === 0 || record.startKey === startKey) ? record : undefined
  }

  /** The process of the task that a frame names; one that is not known is made from what the frame says. */
  ofTask(frames: FrameBuffer, at: number): ProcessRecord {
    const { task } = offsets
    const pid = frames.u32(at + task.tgid)
    const record = this.find(pid, frames.u64(at + task.startTime)) ?? this.#insert(frames, at)
    if (frames.u32(at + task.tid) === pid) updateTask(record, frames, at)
    return record
  }

  /** Takes a process, exec or fork frame. */
  update(frames: FrameBuffer, at: number, kind: number, fields: FieldIndex): ProcessRecord {
    const { task, process } = offsets
    const pid = frames.u32(at + task.tgid)
    const known = this.find(pid, frames.u64(at + task.startTime))
    const time = frames.u64(at + task.time)
    if (known !== undefined && time < known.scannedAt) return known
    const record = known ?? this.#insert(frames, at)
    updateTask(record, frames, at)
    if (kind === FrameKind.fork) this.#inherit(record, frames, at)
    if (kind === FrameKind.process) record.scannedAt = time
    record.parent ??= olderThan(
      record,
      this.find(frames.u32(at + process.parentTgid), frames.u64(at + process.parentStartTime))
    )
    record.ppid = frames.u32(at + process.parentTgid)
    const loginUid = frames.u32(at + process.loginUid)
    record.loginUid = loginUid === noLoginUid ? -1 : loginUid
    record.tty = frames.u32(at + process.tty)
    record.pgid = frames.u32(at + process.pgid)
    record.vpid = frames.u32(at + process.vpid)
    record.vsid = frames.u32(at + process.vsid)
    record.vpgid = frames.u32(at + process.vpgid)
    this.#updateSession(record, frames.u32(at + process.sid))
    if (kind !== FrameKind.fork) updateImage(record, frames, fields)
    return record
  }

  /** Takes an exit frame. */
  end(frames: FrameBuffer, at: number): void {
    const pid = frames.u32(at + offsets.task.tgid)
    const record = this.find(pid, frames.u64(at + offsets.task.startTime))
    if (record !== undefined) this.#remove(record)
  }

  /** Parents and session leaders of scanned processes, which the scan may have told of before them. */
  linkScanned(): void {
    for (const record of this.#records.values()) {
      record.parent ??= olderThan(record, this.#records.get(record.ppid))
      this.#updateSession(record, record.sid)
    }
  }

  #insert(frames: FrameBuffer, at: number): ProcessRecord {
    const { task } = offsets
    const pid = frames.u32(at + task.tgid)
    const startTime = frames.bigU64(at + task.startTime) + this.bootOffset
    const record = new ProcessRecord(pid, frames.u64(at + task.startTime), startTime)
    const other = this.#records.get(pid)
    if (other !== undefined && other.startKey > record.startKey) {
      // A late frame of a process that has ended: its pid belongs to another one by now.
      record.ended = true
      updateTask(record, frames, at)
      return record
    }
    if (other !== undefined) this.#remove(other)
    if (this.#records.size >= this.#limit) this.#evict()
    this.#records.set(pid, record)
    updateTask(record, frames, at)
    return record
  }

  #evict(): void {
    const oldest = this.#records.values().next().value
    if (oldest === undefined) return
    this.#remove(oldest)
    this.evicted++
  }

  /** From now on the record lives only as long as a descendant, or a member of its session, needs it. */
  #remove(record: ProcessRecord): void {
    record.ended = true
    record.sessionLeader = undefined
    cutEndedAncestors(record)
    this.#records.delete(record.pid)
  }

  /** A child starts as a copy of the process that forked. */
  #inherit(record: ProcessRecord, frames: FrameBuffer, at: number): void {
    const { process } = offsets
    const origin = this.find(frames.u32(at + process.originTgid), frames.u64(at + process.originStartTime))
    if (origin === undefined) return
    record.exe = origin.exe
    record.exepath = origin.exepath
    record.args = origin.args
    record.cwd = origin.cwd
    record.containerId = origin.containerId
    record.sessionLeader = origin.sessionLeader
    record.sid = origin.sid
  }

  #updateSession(record: ProcessRecord, sid: number): void {
    if (record.sessionLeader === undefined || record.sessionLeader.pid !== sid) {
      record.sessionLeader = sid === record.pid ? record : this.#records.get(sid)
    }
    record.sid = sid
  }
}

/** What every frame says of its task. */
function updateTask(record: ProcessRecord, frames: FrameBuffer, at: number): void {
  const { task } = offsets
  record.uid = frames.u32(at + task.uid)
  record.gid = frames.u32(at + task.gid)
  const first = (at + task.comm) >> 2
  const { nameWords } = record
  const { words } = frames
  for (let i = 0; i < nameWords.length; i++) {
    if (nameWords[i] === words[first + i]) continue
    nameWords.set(words.subarray(first, first + nameWords.length))
    record.name = frames.text(at + task.comm, commLength)
    return
  }
}

/** What runs and where, from the fields of a process or exec frame. */
function updateImage(record: ProcessRecord, frames: FrameBuffer, fields: FieldIndex): void {
  const argv = fields.marked(frames, FieldTag.argv)
  if (argv !== undefined && argv !== '') {
    const list = (argv.endsWith('\0') ? argv.slice(0, -1) : argv).split('\0')
    record.exe = list[0]
    record.args = list.slice(1)
  } else {
    record.exe = fields.marked(frames, FieldTag.filename)
    record.args = []
  }
  record.exepath = fields.marked(frames, FieldTag.exepath)
  record.cwd = fields.marked(frames, FieldTag.cwd)
  record.containerId =
    containerIdOf(fields.string(frames, FieldTag.cgroup) ?? '') ||
    containerIdOf(fields.string(frames, FieldTag.cgroupV1) ?? '')
}

/** Only an older process can be the parent: so there is no ring of ancestors, whatever pids were used again. */
function olderThan(record: ProcessRecord, parent: ProcessRecord | undefined): ProcessRecord | undefined {
  return parent !== undefined && parent.startKey < record.startKey ? parent : undefined
}

function cutEndedAncestors(record: ProcessRecord): void {
  let ancestor = record.parent
  for (let kept = 1; ancestor?.ended === true; kept++) {
    if (kept === endedAncestorsKept) ancestor.parent = undefined
    ancestor = ancestor.parent
  }
}
