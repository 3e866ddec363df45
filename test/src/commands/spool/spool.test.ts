import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { makeAlert } from '../../delivery/support.ts'
import { hostile, startFilled } from '../control-support.ts'
import { mainPath } from '../tercel.ts'

interface Line {
  readonly seq?: number
  readonly dead_letter?: number
  readonly waiting_for?: readonly string[]
  readonly alert: { readonly uuid: string; readonly rule: string }
}

const parse = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line)

test('forget gives up what waits for an output that is no longer configured', async t => {
  const { tercel, spool } = await startFilled(t)
  const unasked = await tercel('spool', 'forget', 'old')
  assert.deepEqual([unasked.exitCode, unasked.stdout], [64, ''])
  assert.match(unasked.stderr, /there is no terminal to ask on: say --yes to do it/)
  const { exitCode, stdout } = await tercel('spool', 'forget', 'old', '--yes')
  assert.deepEqual([exitCode, stdout], [0, 'forgot old: 3 alerts given up\n'])
  assert.deepEqual(await spool.outputs(), ['hook'])
})

test('forget refuses an output that is configured, and one that nobody knows', async t => {
  const { tercel, spool } = await startFilled(t)
  const configured = await tercel('spool', 'forget', 'hook', '--yes')
  assert.deepEqual([configured.exitCode, configured.stdout], [69, ''])
  assert.match(configured.stderr, /^tercel: .*hook.*configur/)
  const unknown = await tercel('spool', 'forget', 'x/../y', '--yes')
  assert.deepEqual([unknown.exitCode, unknown.stdout], [69, ''])
  assert.match(unknown.stderr, /the spool knows no output x\/\.\.\/y/)
  assert.equal((await spool.outputs()).length, 2)
})

test('verify says that a spool is sound, and compact what it gave back', async t => {
  const { tercel } = await startFilled(t)
  const verified = await tercel('spool', 'verify')
  assert.deepEqual([verified.exitCode, verified.stderr], [0, ''])
  assert.match(verified.stdout, /^the spool is sound: \d alerts and 4 dead letters read in \d+\.\d s\n$/)
  const json = JSON.parse((await tercel('spool', 'verify', '--json')).stdout)
  assert.deepEqual([json.ok, json.dead_letters], [true, 4])
  const compacted = await tercel('spool', 'compact')
  assert.deepEqual([compacted.exitCode, compacted.stderr], [0, ''])
  assert.match(compacted.stdout, /: the spool takes \S+ [kM]B\n$/)
})

test('verify ends a damaged spool with exit code 74 and what is damaged', async t => {
  const { tercel, server, spool, directory } = await startFilled(t)
  await server.close()
  await spool.close()
  const db = new DatabaseSync(join(directory, 'spool', 'spool.db'))
  db.exec('UPDATE alerts_notice SET json = \'{"rule": \u001b\' WHERE seq = 4')
  db.close()
  const { exitCode, stdout, stderr } = await tercel('spool', 'verify')
  assert.equal(exitCode, 74)
  assert.match(stdout, /^alert 4: its JSON is damaged: .*\nproblems were found: /)
  assert.ok(!stdout.includes('\u001b'))
  assert.match(stderr, /\ntercel: the spool is damaged: alerts that are damaged become dead letters; /)
})

test('export gives alerts and dead letters as JSON lines', async t => {
  const { tercel } = await startFilled(t)
  const all = await tercel('spool', 'export', '--dead-letters')
  assert.deepEqual([all.exitCode, all.stderr], [0, ''])
  const lines = parse(all.stdout)
  assert.deepEqual(
    lines.filter(({ dead_letter }) => dead_letter !== undefined).map(({ dead_letter }) => dead_letter),
    [1, 2, 3, 4]
  )
  assert.deepEqual(lines.find(({ seq }) => seq === 4)!.waiting_for!.toSorted(), ['hook', 'old'])
  const hook = parse((await tercel('spool', 'export', '--output', 'hook', '--priority', 'notice')).stdout)
  assert.deepEqual(
    hook.map(({ seq, alert }) => [seq, alert.rule]),
    [[4, 'Write']]
  )
  assert.equal((await tercel('spool', 'export', '--until', '1h')).stdout, '')
})

test('export makes a file for its owner alone, and replaces none', async t => {
  const { tercel, directory } = await startFilled(t)
  const file = join(directory, 'alerts.jsonl')
  const { exitCode, stdout, stderr } = await tercel('spool', 'export', '--rule', 'Read*', '-o', file)
  assert.deepEqual([exitCode, stdout], [0, ''])
  assert.match(stderr, /alerts\.jsonl: 1 line, \d+ B\n$/)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(parse(readFileSync(file, 'utf8'))[0]!.alert.rule, `Read ${hostile}`)
  const again = await tercel('spool', 'export', '-o', file)
  assert.deepEqual([again.exitCode, again.stdout], [74, ''])
  assert.equal(again.stderr, `tercel: cannot write ${file}: it is there already: choose another name\n`)
  const nowhere = join(directory, 'no', 'file')
  const folder = await tercel('spool', 'export', '-o', nowhere)
  assert.equal(folder.stderr, `tercel: cannot write ${nowhere}: the folder ${directory}/no does not exist\n`)
  assert.equal(existsSync(nowhere), false)
})

test('nobody who reads on is no failure of an export', async t => {
  const { config, producer } = await startFilled(t)
  const text = 'x'.repeat(10_000)
  const many = Array.from({ length: 200 }, (_, index) => producer.submit(makeAlert(`more-${index}`, { output: text })))
  await Promise.all(many)
  const child = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    mainPath,
    'spool',
    'export',
    '-c',
    config
  ])
  let stderr = ''
  child.stderr.on('data', data => {
    stderr += data
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const [exitCode] = await once(child, 'close')
  assert.deepEqual([exitCode, stderr], [0, ''])
})
