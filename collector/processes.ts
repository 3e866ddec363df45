/**
 * The processes of the machine, as exec, fork and exit frames and the scan at the start tell. Bounded: at the limit the
 * least recently used entry goes, and only its container stays known. A process that has ended stays reachable as long as
 * a living descendant needs it.
 */
import { containerIdOf } from './containers.ts'
import type { Nanoseconds } from './event.ts'
import { EvictedContainers } from './evicted-containers.ts'
import type { FieldIndex, FrameBuffer } from './frames.ts'
import { commLength, FieldTag, FrameKind, offsets } from './layout.ts'
import { ProcessRecord } from './process-record.ts'

/** A chain of ended ancestors is cut here, or processes that fork and exit for ever would hold all memory. */
const endedAncestorsKept = 64

const noLoginUid = 0xffffffff

export class ProcessTable {
  /** The least recently used first, once the table is nearly full. */
  readonly #records = new Map<number, ProcessRecord>()
  readonly #evicted: EvictedContainers
  readonly #limit: number
  #lastUsed: ProcessRecord | undefined
  /** Most events come from the same process as the one before: it need not be looked for. */
  #lastFound: ProcessRecord | undefined
  /** ns to add to a boot time to get the wall clock. */
  bootOffset: Nanoseconds = 0n
  /** Entries given up at the limit. */
  evicted = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#evicted = new EvictedContainers(limit)
  }

  get size(): number {
    return this.#records.size
  }

  /** Forgets everything: a new scan follows. */
  clear(): void {
    this.#records.clear()
    this.#evicted.clear()
    this.#lastFound = undefined
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
    const record = this.#use(pid, frames.u64(at + task.startTime)) ?? this.#insert(frames, at)
    if (frames.u32(at + task.tid) === pid) updateTask(record, frames, at)
    return record
  }

  /** Takes a process, exec or fork frame. */
  update(frames: FrameBuffer, at: number, kind: number, fields: FieldIndex): ProcessRecord {
    const { task, process } = offsets
    const pid = frames.u32(at + task.tgid)
    const known = this.#use(pid, frames.u64(at + task.startTime))
    const time = frames.u64(at + task.time)
    if (known !== undefined && time < known.scannedAt) return known
    const originPid = frames.u32(at + process.originTgid)
    const originStart = frames.u64(at + process.originStartTime)
    // Before the new entry may take its place.
    const origin = kind === FrameKind.fork ? this.#use(originPid, originStart) : undefined
    const record = known ?? this.#insert(frames, at)
    updateTask(record, frames, at)
    if (origin !== undefined) inherit(record, origin)
    else if (kind === FrameKind.fork) record.containerId = this.#evicted.find(originPid, originStart)
    if (kind === FrameKind.process) record.scannedAt = time
    record.parent ??= olderThan(
      record,
      this.find(frames.u32(at + process.parentTgid), frames.u64(at + process.parentStartTime))
    )
    record.ppid = frames.u32(at + process.parentTgid)
    record.parentStartKey = frames.u64(at + process.parentStartTime)
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
    const startKey = frames.u64(at + offsets.task.startTime)
    const record = this.find(pid, startKey)
    if (record !== undefined) this.#remove(record)
    else this.#evicted.remove(pid, startKey)
  }

  /** Parents and session leaders of scanned processes, which the scan may have told of before them. */
  linkScanned(): void {
    for (const record of this.#records.values()) {
      record.parent ??= olderThan(record, this.find(record.ppid, record.parentStartKey))
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
    record.containerId = this.#evicted.find(record.pid, record.startKey)
    this.#evicted.remove(pid, record.startKey)
    if (this.#records.size >= this.#limit) this.#evict()
    this.#records.set(pid, record)
    this.#lastUsed = record
    updateTask(record, frames, at)
    return record
  }

  /**
   * Finds a process and makes it the one that was used last. That costs some 250 ns, so it is done only when the table is
   * nearly full, and not again for the next frame of the same process.
   */
  #use(pid: number, startKey: number): ProcessRecord | undefined {
    const last = this.#lastFound
    const again = last !== undefined && last.pid === pid && last.startKey === startKey && !last.ended
    const record = again ? last : this.find(pid, startKey)
    this.#lastFound = record
    if (record !== undefined && record !== this.#lastUsed && this.#records.size * 4 > this.#limit * 3) {
      this.#records.delete(pid)
      this.#records.set(pid, record)
      this.#lastUsed = record
    }
    return record
  }

  #evict(): void {
    const unused = this.#records.values().next().value
    if (unused === undefined) return
    this.#remove(unused)
    this.#evicted.add(unused)
    this.evicted++
  }

  /** From now on the record lives only as long as a descendant, or a member of its session, needs it. */
  #remove(record: ProcessRecord): void {
    record.ended = true
    record.sessionLeader = undefined
    cutEndedAncestors(record)
    this.#records.delete(record.pid)
  }

  #updateSession(record: ProcessRecord, sid: number): void {
    if (record.sessionLeader === undefined || record.sessionLeader.pid !== sid) {
      record.sessionLeader = sid === record.pid ? record : this.#records.get(sid)
    }
    record.sid = sid
  }
}

/** A child starts as a copy of the process that forked. */
function inherit(record: ProcessRecord, origin: ProcessRecord): void {
  record.exe = origin.exe
  record.exepath = origin.exepath
  record.args = origin.args
  record.cwd = origin.cwd
  record.containerId = origin.containerId
  record.sessionLeader = origin.sessionLeader
  record.sid = origin.sid
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
  const cgroup = fields.marked(frames, FieldTag.cgroup)
  const cgroupV1 = fields.marked(frames, FieldTag.cgroupV1)
  if (cgroup === undefined && cgroupV1 === undefined) return
  record.containerId = containerIdOf(cgroup ?? '') || containerIdOf(cgroupV1 ?? '')
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
