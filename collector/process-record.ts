/** A process in the table of processes. */
import type { Nanoseconds, Process } from './event.ts'
import { commLength } from './layout.ts'

export class ProcessRecord implements Process {
  readonly pid: number
  /** Start in ns since boot, as frames carry it: with the pid the key. */
  readonly startKey: number
  readonly startTime: Nanoseconds
  parent: ProcessRecord | undefined = undefined
  sessionLeader: ProcessRecord | undefined = undefined
  ppid = 0
  parentStartKey = 0
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
  containerId: string | undefined = undefined
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
