/**
 * A recording made up for benchmarks, the same each time: 3,000 processes of a dozen programs open 20,000 different files,
 * some far more often than others (nine events of ten), connect, fork, exec and exit. A process makes eight calls in a row
 * on average, then another one has the CPU; in what `tercel record` gives it is more. One event in ten thousand opens a
 * file that a shipped rule is about.
 */
import { OpenFlag } from '../collector/flags.ts'
import { FieldTag, FrameKind, frameVersion } from '../collector/layout.ts'
import { RecordingWriter } from '../collector/recording/writer.ts'
import {
  exitFrame,
  fileField,
  helloFrame,
  imageFields,
  processFrame,
  scannedFrame,
  sockaddrIpv4,
  socketField,
  statsFrame,
  syscallFrame
} from '../test/collector/frame-builder.ts'
import { seededRandom } from '../test/rules/support.ts'

const programs = [
  'node',
  'nginx',
  'postgres',
  'python3',
  'java',
  'sshd',
  'bash',
  'cron',
  'git',
  'php-fpm',
  'redis',
  'tar'
]
const folders = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/share/zoneinfo',
  '/var/lib/app/data',
  '/proc/self',
  '/srv/www/assets'
]
const processCount = 3000
const pathCount = 20_000
const nsPerEvent = 1000
const callsInARow = 8
const openat = 4
const connect = 6
const execve = 1
const noent = -2
const hostCgroup = '/system.slice/app.service'
const containers = Array.from({ length: 40 }, (_, index) => index.toString(16).padStart(64, 'c'))

interface Running {
  readonly pid: number
  readonly startTime: number
  readonly name: string
  readonly parent: number
  readonly cgroup: string
}

export interface StreamOptions {
  /** What one event in twenty is: forks, execs and exits, or execs only. */
  readonly changes?: 'all' | 'execs'
}

/** Gives a recording with `events` events. */
export function makeRecording(events: number, { changes = 'all' }: StreamOptions = {}): Buffer {
  const random = seededRandom(1)
  const parts: Uint8Array[] = []
  const writer = new RecordingWriter(header(), bytes => parts.push(bytes))
  const processes: Running[] = []
  let time = 1e12
  let nextPid = 1000

  const begin = (kind: number): Buffer => {
    const name = random.pick(programs)
    const pid = nextPid++
    const parent = processes.length === 0 ? 1 : random.pick(processes).pid
    const cgroup = random.below(3) === 0 ? `/kubepods/pod1/${random.pick(containers)}` : hostCgroup
    const process = { pid, startTime: time, name, parent, cgroup }
    processes.push(process)
    return processFrame({ ...members(process), kind, ppid: parent, time })
  }
  const members = ({ pid, startTime, name, cgroup }: Running) => {
    const argv = [name, '--config', `/etc/${name}/${name}.conf`, '--worker', String(pid % 16)]
    return {
      pid,
      startTime,
      name,
      uid: pid % 5 === 0 ? 0 : 1000,
      fields: imageFields(argv, `/usr/bin/${name}`, '/srv', cgroup)
    }
  }
  const task = ({ pid, startTime, name }: Running) => ({ pid, startTime, name, time, uid: pid % 5 === 0 ? 0 : 1000 })

  const paths = Array.from(
    { length: pathCount },
    (_, index) => `${random.pick(folders)}/${index % 97}/file-${index}.dat`
  )
  const open = (process: Running): Buffer => {
    const kind = random.below(10)
    const sensitive = random.below(10_000) === 0
    const path = sensitive ? '/etc/shadow' : paths[Math.floor((random.below(1e6) / 1e6) ** 3 * pathCount)]!
    const call = { ...task(process), call: openat }
    if (kind === 0) return syscallFrame({ ...call, result: noent, fields: [{ tag: FieldTag.path, bytes: path }] })
    const flags = kind === 1 ? OpenFlag.WRONLY | OpenFlag.CREAT : OpenFlag.CLOEXEC
    // Half of them as programs often ask: relative to a folder.
    const slash = path.lastIndexOf('/')
    const asked =
      kind < 6
        ? [{ tag: FieldTag.path, bytes: path }]
        : [
            { tag: FieldTag.path, bytes: path.slice(slash + 1) },
            { tag: FieldTag.directory, bytes: path.slice(0, slash) }
          ]
    const fields = [...asked, { tag: FieldTag.resolved, bytes: path }, fileField(0o100644)]
    return syscallFrame({ ...call, result: 3 + random.below(60), args: [-100, 0, flags], fields })
  }
  const connectTo = (process: Running): Buffer => {
    const address = [10, random.below(4), random.below(250), 1 + random.below(250)]
    const remote = { remote: address, remotePort: 443, local: [10, 0, 0, 7], localPort: 30_000 + random.below(30_000) }
    const fields = [
      { tag: FieldTag.sockaddr, bytes: sockaddrIpv4(address, 443) },
      socketField({ family: 2, ...remote })
    ]
    return syscallFrame({
      ...task(process),
      call: connect,
      result: random.below(4) === 0 ? 0 : -115,
      args: [5],
      fields
    })
  }
  const change = (): Buffer => {
    switch (changes === 'execs' ? 1 : random.below(3)) {
      case 0:
        return begin(FrameKind.fork)
      case 1:
        return processFrame({ ...members(random.pick(processes)), time, call: execve })
      default: {
        const [ended] = processes.splice(random.below(processes.length), 1)
        return exitFrame({ ...task(ended!) })
      }
    }
  }

  writer.add(helloFrame({ bootOffset: 1_767_000_000_000_000_000 }))
  for (let count = 0; count < processCount; count++) writer.add(begin(FrameKind.process))
  writer.add(scannedFrame())
  let process = random.pick(processes)
  for (let event = 0; event < events; event++, time += nsPerEvent) {
    const kind = random.below(20)
    if (random.below(callsInARow) === 0 || kind === 1) process = random.pick(processes)
    writer.add(kind === 0 ? connectTo(process) : kind === 1 ? change() : open(process))
    if (event % 100_000 === 0) writer.add(statsFrame([event], 1_767_000_000_000_000_000))
  }
  writer.end()
  return Buffer.concat(parts)
}

function header() {
  const calls = ['execve', 'execveat', 'open', 'openat', 'openat2', 'connect', 'setns']
  const place = { tercel: 'bench', hostname: 'node-1', kernel: '6.1.0', arch: process.arch }
  const accounts = { users: [[1000, 'app']] as const, groups: [[1000, 'app']] as const }
  return { id: 'bench', ...place, begun: 1_767_000_000_000, frameVersion, calls, processes: 65_536, accounts }
}
