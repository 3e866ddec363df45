import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { FileOutput, type FileSettings, file } from '../../outputs/file.ts'
import type { Alert } from '../../rules/alert.ts'
import { makeAlert, temporaryDirectory } from '../src/delivery/support.ts'

const signal = new AbortController().signal

function makeOutput(t: TestContext, settings: Partial<FileSettings> = {}) {
  const directory = temporaryDirectory(t)
  const defaults = { path: 'alerts.jsonl', max_bytes: 100_000_000, max_files: 5, fsync: true }
  const output = new FileOutput({ ...defaults, ...settings }, { baseDirectory: directory })
  t.after(() => output.close())
  return { output, directory, path: join(directory, 'alerts.jsonl') }
}

function alerts(...uuids: string[]): Alert[] {
  return uuids.map(uuid => makeAlert(uuid))
}

function uuidsIn(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  assert.ok(text === '' || text.endsWith('\n'), 'the last line is whole')
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line).uuid)
}

async function send(output: FileOutput, ...uuids: string[]): Promise<string[]> {
  return (await output.send(alerts(...uuids), signal)).map(({ kind }) => kind)
}

test('each alert is one line of JSON in a file for its owner alone', async t => {
  const { output, path } = makeOutput(t)
  const [alert] = alerts('1')
  assert.deepEqual(await output.send([alert!], signal), [{ kind: 'delivered' }])
  assert.deepEqual(await send(output, '2', '3'), ['delivered', 'delivered'])
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8').split('\n')[0]!), alert)
  assert.deepEqual(uuidsIn(path), ['1', '2', '3'])
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a file is rotated before it grows beyond its limit, and only so many are kept', async t => {
  const line = JSON.stringify(makeAlert('1')).length + 1
  const { output, directory, path } = makeOutput(t, { max_bytes: 2 * line, max_files: 2 })
  assert.deepEqual(await send(output, '1', '2', '3', '4', '5', '6', '7'), Array(7).fill('delivered'))
  assert.deepEqual(uuidsIn(path), ['7'])
  assert.deepEqual(uuidsIn(`${path}.1`), ['5', '6'])
  assert.deepEqual(uuidsIn(`${path}.2`), ['3', '4'])
  assert.equal(readdirSync(directory).length, 3)
})

test('a line larger than the limit has a file for itself', async t => {
  const { output, path } = makeOutput(t, { max_bytes: 10 })
  await send(output, '1', '2')
  assert.deepEqual(uuidsIn(path), ['2'])
  assert.deepEqual(uuidsIn(`${path}.1`), ['1'])
})

test('without rotated files the old lines go', async t => {
  const line = JSON.stringify(makeAlert('1')).length + 1
  const { output, directory, path } = makeOutput(t, { max_bytes: line, max_files: 0 })
  await send(output, '1', '2')
  assert.deepEqual(uuidsIn(path), ['2'])
  assert.deepEqual(readdirSync(directory), ['alerts.jsonl'])
})

const whole = `${JSON.stringify(makeAlert('1'))}\n`
const tails: { name: string; before: string; after: RegExp | string }[] = [
  { name: 'a torn alert is taken back', before: `${whole}{"uuid":"2","ti`, after: whole },
  { name: 'a torn alert alone in the file is taken back', before: '{"uuid"', after: '' },
  { name: 'a long torn alert is taken back', before: `${whole}{"uuid":"${'x'.repeat(200_000)}`, after: whole },
  { name: 'zeros that a power cut left are taken back', before: `${whole}\0\0\0\0`, after: whole },
  { name: "somebody else's line is ended, not deleted", before: 'a note', after: 'a note\n' }
]

for (const { name, before, after } of tails) {
  test(`after a crash, ${name}`, async t => {
    const { output, path } = makeOutput(t)
    writeFileSync(path, before)
    await send(output, '2')
    const text = readFileSync(path, 'utf8')
    assert.equal(text, `${after}${JSON.stringify(makeAlert('2'))}\n`)
  })
}

test('a file that was moved away is left alone and made anew', async t => {
  const { output, path } = makeOutput(t)
  await send(output, '1')
  renameSync(path, `${path}-20260102`)
  await send(output, '2')
  rmSync(path)
  await send(output, '3')
  assert.deepEqual(uuidsIn(`${path}-20260102`), ['1'])
  assert.deepEqual(uuidsIn(path), ['3'])
})

test('a file that was emptied in place goes on from its beginning', async t => {
  const { output, path } = makeOutput(t)
  await send(output, '1')
  writeFileSync(path, '')
  await send(output, '2')
  assert.deepEqual(uuidsIn(path), ['2'])
})

test('where the folder is missing or the path is none of a file, it is tried again and check says why', async t => {
  const { output, directory } = makeOutput(t, { path: 'logs/alerts.jsonl' })
  const [outcome] = await output.send(alerts('1'), signal)
  assert.equal(outcome?.kind, 'retry')
  await assert.rejects(
    output.check(),
    /^Error: cannot write .*logs\/alerts\.jsonl: the folder .*\/logs does not exist$/
  )
  mkdirSync(join(directory, 'logs', 'alerts.jsonl'), { recursive: true })
  await assert.rejects(output.check(), /: it is a directory$/)
  rmSync(join(directory, 'logs', 'alerts.jsonl'), { recursive: true })
  execFileSync('mkfifo', [join(directory, 'logs', 'alerts.jsonl')])
  await assert.rejects(output.check(), /not a regular file/)
  rmSync(join(directory, 'logs', 'alerts.jsonl'))
  assert.deepEqual(await send(output, '1'), ['delivered'])
})

test('on a full disk nothing is left of what is to be sent again', async t => {
  const disk = mkdtempSync(join(tmpdir(), 'tercel-disk-'))
  let mounted = false
  t.after(() => {
    if (mounted) execFileSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true })
  })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'pipe' })
    mounted = true
  } catch (error) {
    return t.skip(`a small file system cannot be mounted here: ${String(error).split('\n').join(' ')}`)
  }
  const { output } = makeOutput(t, { path: join(disk, 'alerts.jsonl') })
  const path = join(disk, 'alerts.jsonl')
  await send(output, '1')
  const size = statSync(path).size
  const many = Array.from({ length: 2_000 }, (_, index) => String(index))
  const outcomes = await output.send(alerts(...many), signal)
  assert.ok(outcomes.every(outcome => outcome.kind === 'retry' && /: the disk is full$/.test(outcome.reason)))
  assert.equal(statSync(path).size, size)
  assert.deepEqual(await send(output, '2'), ['delivered'])
  assert.deepEqual(uuidsIn(path), ['1', '2'])
})

test('sends that were given up on do not write into each other', async t => {
  const { output, path } = makeOutput(t)
  const giveUp = new AbortController()
  const first = output.send(alerts('1'), giveUp.signal)
  const second = output.send(alerts('2'), giveUp.signal)
  const third = output.send(alerts('3'), signal)
  await first
  giveUp.abort()
  await second.catch(() => {})
  await third
  const uuids = uuidsIn(path)
  assert.equal(uuids[0], '1')
  assert.equal(uuids.at(-1), '3')
})

test('its definition makes it from settings, relative to the configuration', async t => {
  const directory = temporaryDirectory(t)
  const settings = { path: 'a.jsonl', max_bytes: 4096, max_files: 1, fsync: false }
  const output = file.create(settings as never, { name: 'a', baseDirectory: directory })
  await output.check(signal)
  await output.send(alerts('1'), signal)
  await output.close()
  assert.ok(existsSync(join(directory, 'a.jsonl')))
})
