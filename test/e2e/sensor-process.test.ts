import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FieldTag } from '../../collector/layout.ts'
import { bytesOf, compile, type Seen, type Sensor, startSensor } from './sensor-support.ts'
import { temporaryFolder, until, withoutBpf } from './support.ts'

/** What is kept of the arguments at least. */
const argvKept = 16_383

/** What /proc said of a process, told by itself. */
interface Truth {
  readonly exe: string
  readonly cwd: string
  readonly name: string
  readonly cmdline: readonly string[]
  /** From the third field on, the state: proc(5) counts from 1, with the name that may hold blanks as the second. */
  readonly stat: readonly string[]
  readonly status: Readonly<Record<string, string>>
}

function truthOf(stdout: string): Truth {
  const lines = stdout.split('\n').map(line => line.trim().split(' '))
  const told = Object.fromEntries(lines.map(([what = '', bytes = '']) => [what, bytesOf(bytes) ?? '']))
  const { exe = '', cwd = '', cmdline = '', stat = '', status = '' } = told
  return {
    exe: exe.replace(/ \(deleted\)$/, ''),
    cwd,
    name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    cmdline: cmdline.replace(/\0$/, '').split('\0'),
    stat: stat.slice(stat.lastIndexOf(')') + 2).split(' '),
    status: Object.fromEntries(status.split('\n').map(line => line.split(/:\t/, 2)))
  }
}

function compare(
  { process, tid, threadName, result, cut }: Seen,
  { exe, cwd, name, cmdline, stat, status }: Truth
): void {
  const last = (key: string) => Number(status[key]!.split('\t').at(-1))
  const [, ppid, pgid, sid, tty] = stat.map(Number)
  assert.equal(result, 0)
  assert.equal(process.pid, Number(status.Pid))
  assert.equal(tid, process.pid)
  assert.equal(process.name, name)
  assert.equal(threadName, name)
  assert.equal(process.exepath, exe)
  assert.equal(process.cwd, cwd)
  assert.equal(process.exe, cmdline[0])
  if (cut.length === 0) assert.deepEqual(process.args, cmdline.slice(1))
  assert.deepEqual([process.ppid, process.pgid, process.sid, process.tty], [ppid, pgid, sid, tty])
  assert.deepEqual([process.vpid, process.vpgid, process.vsid], [last('NSpid'), last('NSpgid'), last('NSsid')])
  assert.equal(process.uid, Number(status.Uid!.split('\t')[1]))
  assert.equal(process.gid, Number(status.Gid!.split('\t')[1]))
  // Ticks of a hundredth of a second since boot.
  assert.equal(Math.floor((process as Seen['process'] & { startKey: number }).startKey / 1e7), Number(stat[19]))
}

interface Case {
  readonly what: string
  readonly command: readonly string[]
  readonly type?: string
  readonly filename?: string
  /** Names of the ancestors, the parent first, as far as they are the test's own. */
  readonly ancestors?: readonly string[]
  readonly cut?: readonly number[]
}

test('processes are what /proc says of them', { skip: withoutBpf }, async t => {
  const program = compile('processes')
  const folder = temporaryFolder()
  const script = join(folder, 'a script')
  writeFileSync(script, `#!${program} tell\n`, { mode: 0o755 })
  const odd = join(folder, 'a\nb\x1b[2J')
  copyFileSync(program, odd)
  const sensor = await startSensor(t, ['execve', 'execveat', 'open', 'setns'])
  const own = readFileSync('/proc/self/comm', 'latin1').trim()
  const way = (name: string) => [program, name, program, 'tell', 'ein wort', '']

  const cases: readonly Case[] = [
    { what: 'execve', command: way('plain'), filename: program, ancestors: [own] },
    { what: 'a program with a newline and an escape in its name', command: [odd, 'tell'], filename: odd },
    { what: 'a script', command: [script, 'argument'], filename: script },
    { what: 'execveat with a descriptor', command: way('descriptor'), type: 'execveat' },
    { what: 'execveat in a folder', command: way('folder'), type: 'execveat' },
    { what: 'a program in memory', command: way('memory'), type: 'execveat' },
    { what: 'arguments of 100,000 bytes', command: way('large'), cut: [FieldTag.argv] },
    { what: 'no arguments at all', command: way('nothing') },
    { what: 'an empty first argument', command: way('unnamed') },
    { what: 'an exec by another thread than the first', command: way('thread'), ancestors: [own] },
    { what: 'vfork', command: way('vfork'), ancestors: ['processes', own] },
    { what: 'CLONE_PARENT', command: way('beside'), ancestors: [own] },
    {
      what: 'a daemon, whose ancestors have ended',
      command: way('daemon'),
      ancestors: ['processes', 'processes', own]
    },
    { what: 'another user', command: ['setpriv', '--reuid=7', '--regid=8', '--clear-groups', program, 'tell'] },
    { what: 'a session of its own', command: ['setsid', '-w', program, 'tell'] },
    {
      what: 'a terminal',
      // Whatever shell it is that script asks, it makes way.
      command: ['script', '-qec', `exec ${program} tell`, '/dev/null'],
      ancestors: ['script', own]
    },
    { what: 'a pid namespace', command: ['unshare', '--pid', '--fork', program, 'tell'], ancestors: ['unshare', own] },
    { what: 'a folder of its own', command: ['env', '-C', folder, program, 'tell'] }
  ]

  for (const { what, command, type = 'execve', filename, ancestors, cut = [] } of cases) {
    await t.test(what, async () => {
      const { stdout, stderr } = spawnSync(command[0]!, command.slice(1), { encoding: 'latin1' })
      assert.equal(stderr, '')
      const truth = truthOf(stdout)
      const event = await lastExec(sensor, truth)
      assert.equal(event.type, type)
      compare(event, truth)
      if (filename !== undefined) assert.equal(event.args.filename, filename)
      if (ancestors !== undefined) assert.deepEqual(event.process.ancestors.slice(0, ancestors.length), ancestors)
      assert.deepEqual(event.cut, cut)
      if (cut.length > 0) assert.ok([event.process.exe, ...event.process.args].join('\0').length >= argvKept)
    })
  }

  await t.test('an exec that fails', async () => {
    const { pid } = spawnSync(program, ['failing', program])
    const events = await sensor.eventsOf(pid, ({ type }) => type === 'execveat')
    const event = events.at(-1)!
    assert.equal(event.result, -2)
    assert.equal(event.args.filename, 'missing')
    assert.equal(event.process.exepath, program)
  })

  await t.test('a new name and user show from then on; arguments that the process wrote over do not', async () => {
    const { pid } = spawnSync(program, ['change', 'secret'])
    const events = await sensor.eventsOf(pid, ({ uid }) => uid === 4)
    const opens = events.filter(({ type }) => type === 'open').slice(-3)
    assert.deepEqual(
      opens.map(({ threadName, uid, process: { name, gid } }) => [threadName, name, uid, gid]),
      [
        ['processes', 'processes', 0, 0],
        ['renamed', 'renamed', 0, 0],
        ['renamed', 'renamed', 4, 5]
      ]
    )
    for (const { process } of opens) assert.deepEqual([process.exe, ...process.args], [program, 'change', 'secret'])
  })

  await t.test('setns', async () => {
    const { pid } = spawnSync('nsenter', ['--net=/proc/self/ns/net', 'true'])
    const events = await sensor.eventsOf(pid, ({ type }) => type === 'setns')
    const { result, args } = events.find(({ type }) => type === 'setns')!
    assert.equal(result, 0)
    assert.deepEqual(args, { res: '0', fd: '3', nstype: 'CLONE_NEWNET' })
  })
})

test('where only execveat is traced, an execve by the same process is none', { skip: withoutBpf }, async t => {
  const program = compile('processes')
  const sensor = await startSensor(t, ['execveat'])
  const { pid } = spawnSync(program, ['descriptor', program, 'plain', program, 'failing', program])
  const events = await sensor.eventsOf(pid, ({ result }) => result < 0)
  assert.deepEqual(
    events.map(({ process }) => process.args[0]),
    ['plain', 'failing']
  )
})

test('a process whose first thread has ended is known with its program', { skip: withoutBpf }, async t => {
  const program = compile('processes')
  const child = spawn(program, ['headless', 'argument'], { stdio: ['pipe', 'ignore', 'ignore'] })
  t.after(() => void child.stdin.end())
  await until(() => readFileSync(`/proc/${child.pid}/stat`, 'latin1').includes(') Z '), 'the first thread to end')
  const sensor = await startSensor(t, ['open'])
  child.stdin.end()
  const [event] = await sensor.eventsOf(child.pid!, ({ type }) => type === 'open')
  const { exe, exepath, args, cwd, name } = event!.process
  assert.deepEqual([exe, exepath, args, cwd], [program, program, ['headless', 'argument'], process.cwd()])
  assert.equal(name, 'processes')
})

/** The exec that made of the process what it was when it told of itself. */
async function lastExec(sensor: Sensor, { status, cmdline }: Truth): Promise<Seen> {
  const start = (text = '') => text.slice(0, 20)
  const isLast = ({ type, process: { exe, args } }: Seen) =>
    type.startsWith('exec') && exe === cmdline[0] && start(args[0]) === start(cmdline[1])
  const events = await sensor.eventsOf(Number(status.Pid), isLast)
  return events.filter(isLast).at(-1)!
}
