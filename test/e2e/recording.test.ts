/** What is recorded on this machine replays elsewhere as it was seen here. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Alert } from '../../rules/alert.ts'
import { alertWith, install, mainProgram, Running, startTercel, temporaryFolder, until, withoutBpf } from './support.ts'

const sensitiveRead = 'Sensitive file read by untrusted program'
const config = ['--config', join(mainProgram, '../../../config/tercel.yaml')]

/** Starts a recorder and waits until it records. */
async function startRecorder(t: TestContext, path: string, ...options: string[]): Promise<Running> {
  const recorder = new Running(process.execPath, [mainProgram, 'record', path, ...config, ...options])
  t.after(async () => void (await recorder.stop('SIGKILL')))
  await until(
    () => recorder.stderr.includes('Ctrl-C ends it'),
    () => `the recorder to record; it said:\n${recorder.stderr}`
  )
  return recorder
}

/** Replays as a user without any privilege, who gets a copy of the recording. */
function replay(path: string): { stdout: string; stderr: string; alerts: Alert[] } {
  const copy = join(temporaryFolder(), 'copy.rec')
  copyFileSync(path, copy)
  chmodSync(copy, 0o644)
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all', '--no-new-privs']
  const command = [process.execPath, mainProgram, 'replay', copy, '--output', 'json', ...config]
  const { status, stdout, stderr } = spawnSync('setpriv', [...nobody, ...command], {
    encoding: 'utf8',
    cwd: '/',
    maxBuffer: 2 ** 28
  })
  assert.equal(status, 0, stderr)
  const lines = stdout.split('\n').slice(0, -1)
  return { stdout, stderr, alerts: lines.map(line => JSON.parse(line) as Alert) }
}

/** Reads /etc/shadow through a link, whose name marks the alert. */
function readShadow(link: string): void {
  symlinkSync('/etc/shadow', link)
  spawnSync('cat', [link])
}

/** What is the same for two readers, whose clocks were read at different moments. */
function timeless({ uuid: _, time: __, output, output_fields, ...alert }: Alert) {
  return { ...alert, output: output.slice(output.indexOf(' ')), fields: { ...output_fields, 'evt.time': 0 } }
}

const leftFolders = () => readdirSync(tmpdir()).filter(name => name.startsWith('tercel-record-'))

test('a replay without privileges gives the alert that tercel gave live, and the same each time', {
  skip: withoutBpf
}, async t => {
  const installation = install(temporaryFolder())
  await startTercel('run', installation, t)
  const path = join(installation.folder, 'a.rec')
  const before = leftFolders()
  const recorder = await startRecorder(t, path)
  const link = join(installation.folder, 'link')
  readShadow(link)
  assert.equal(await recorder.stop('SIGINT'), 0)
  assert.match(recorder.stderr, /a\.rec: [\d,]+ events, \S+ [kM]?B in \d:\d\d; nothing was lost\n$/)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.deepEqual(leftFolders(), before)

  const { alerts, stdout, stderr } = replay(path)
  assert.doesNotMatch(stderr, /warning/)
  const recorded = alerts.filter(({ output_fields: fields }) => fields['fd.nameraw'] === link)
  const live = await alertWith(installation, sensitiveRead, link)
  assert.deepEqual(recorded.map(timeless), [timeless(live)])
  assert.equal(recorded[0]?.output_fields['user.name'], 'root')
  assert.ok(Math.abs(Date.parse(recorded[0].time) - Date.parse(live.time)) < 1000)
  assert.equal(replay(path).stdout, stdout)
})

test('a recorder that is killed leaves what it had written, and no reader', { skip: withoutBpf }, async t => {
  const folder = temporaryFolder()
  const path = join(folder, 'killed.rec')
  const recorder = await startRecorder(t, path)
  const link = join(folder, 'link')
  readShadow(link)
  const size = statSync(path).size
  await until(() => statSync(path).size > size, 'the next block to be written')
  const { stdout } = spawnSync('pgrep', ['-P', String(recorder.child.pid)], { encoding: 'utf8' })
  const reader = Number(stdout)
  assert.ok(reader > 0)
  await recorder.stop('SIGKILL')
  await until(() => !runs(reader), 'the reader to end')

  const { alerts, stderr } = replay(path)
  assert.match(stderr, /warning: .*: played up to byte \d+: it ends there without having been finished/)
  assert.equal(alerts.filter(({ output_fields: fields }) => fields['fd.nameraw'] === link).length, 1)
})

test('a recorder whose disk is full says so, and what is in the file replays', { skip: withoutBpf }, async t => {
  const folder = join(temporaryFolder(), 'small')
  mkdirSync(folder)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'none', folder])
  assert.equal(mounted.status, 0, String(mounted.stderr))
  t.after(() => void spawnSync('umount', ['--lazy', folder]))
  const path = join(folder, 'a.rec')
  const recorder = await startRecorder(t, path, '--all')
  const link = join(temporaryFolder(), 'link')
  readShadow(link)
  let full = false
  recorder.ended.then(() => {
    full = true
  })
  await until(() => {
    spawnSync('find', ['/usr', '-maxdepth', '3', '-type', 'd', '-readable'])
    return full
  }, 'the disk to be full')
  assert.equal(await recorder.ended, 74)
  assert.match(recorder.stderr, /a\.rec: [\d,]+ events, .*\ntercel: cannot write .*a\.rec: the disk is full\n$/)
  const { alerts } = replay(path)
  assert.equal(alerts.filter(({ output_fields: fields }) => fields['fd.nameraw'] === link).length, 1)
})

test('a recording ends by itself after its duration', { skip: withoutBpf }, async t => {
  const path = join(temporaryFolder(), 'short.rec')
  const recorder = await startRecorder(t, path, '--duration', '100ms', '--all')
  assert.equal(await recorder.ended, 0)
  assert.match(recorder.stderr, /short\.rec: [\d,]+ events, .* in 0:0\d; /)
  assert.doesNotMatch(replay(path).stderr, /warning/)
})

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
