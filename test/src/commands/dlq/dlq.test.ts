import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeadLetterAnswer } from '../../../../src/server/api-types.ts'
import { until } from '../../delivery/support.ts'
import { hostile, startFilled } from '../control-support.ts'
import { tercel as tercelAlone } from '../tercel.ts'

const time = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g

test('list shows those that fit, the newest last, on a line each that nobody can break', async t => {
  const { tercel } = await startFilled(t)
  const all = await tercel('dlq', 'list')
  assert.deepEqual([all.exitCode, all.stderr], [0, ''])
  assert.deepEqual(
    all.stdout
      .trimEnd()
      .split('\n')
      .map(line => line.replace(time, 'T').split(/ {2,}/)),
    [
      ['ID', 'DIED (UTC)', 'OUTPUT', 'RULE', 'REASON'],
      ['1', 'T', 'hook', 'Shell', 'HTTP 400: no such field'],
      ['2', 'T', 'hook', 'Shell', 'too large'],
      ['3', 'T', 'hook', 'Read x\\x1b[2Jy\\n\\u202ez', 'HTTP 400: x\\x1b[2Jy\\n\\u202ez'],
      ['4', 'T', 'old', 'Shell', 'HTTP 400'],
      ['4 dead letters']
    ]
  )
  const some = await tercel('dlq', 'list', '--rule', 'Sh*', '--output', 'hook', '--reason', 'LARGE', '--since', '1h')
  assert.match(some.stdout, /^ID .*\n2 .*\n1 dead letter of hook\n$/)
  const none = await tercel('dlq', 'list', '--until', '2h ago')
  assert.deepEqual([none.exitCode, none.stdout], [0, 'no dead letters\n'])
})

test('list says how many more there are, and gives JSON lines with the alerts', async t => {
  const { tercel } = await startFilled(t)
  const first = await tercel('dlq', 'list', '--limit', '2')
  assert.match(first.stdout, /^ID .*\n1 .*\n2 .*\n4 dead letters; 2 more are newer: raise --limit, or say --since\n$/)
  const { stdout } = await tercel('dlq', 'list', '--json', '--id', '1,3', '4', '--limit', '2')
  assert.ok(!stdout.includes('\u001b') && !stdout.includes('\u202e'))
  const letters = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as DeadLetterAnswer)
  assert.deepEqual(
    letters.map(({ id, alert }) => [id, alert!.uuid]),
    [
      [1, 'uuid-0'],
      [3, 'uuid-2']
    ]
  )
  assert.equal(letters[0]!.alert!.output_fields['proc.cmdline'], hostile)
})

test('show prints all of a dead letter, and nothing that steers a terminal', async t => {
  const { tercel } = await startFilled(t)
  const { exitCode, stdout } = await tercel('dlq', 'show', '1')
  assert.equal(exitCode, 0)
  const [head, alert] = stdout.split('\n\n')
  assert.match(
    head!,
    /^dead letter 1\noutput {4}hook\nrule {6}Shell\npriority {2}Error\ndied {6}\S+Z \(\d+s ago\)\nattempts {2}2\nreason {4}HTTP 400: no such field$/
  )
  assert.ok(alert!.split('\n').includes('    "proc.cmdline": "x\\u001b[2Jy\\n\\u202ez"'))
  assert.equal(JSON.parse(alert!).uuid, 'uuid-0')

  const json = await tercel('dlq', 'show', '3', '--json')
  assert.equal((JSON.parse(json.stdout) as DeadLetterAnswer).reason, `HTTP 400: ${hostile}`)
  const missing = await tercel('dlq', 'show', '77')
  assert.deepEqual([missing.exitCode, missing.stdout, missing.stderr], [69, '', 'tercel: there is no dead letter 77\n'])
})

test('replay puts those that fit back for their output, and says how many', async t => {
  const { tercel, spool } = await startFilled(t)
  const { exitCode, stdout } = await tercel('dlq', 'replay', '--output', 'hook', '--rule', 'Shell')
  assert.deepEqual([exitCode, stdout], [0, 'replayed 2 dead letters of hook\n'])
  assert.deepEqual(
    (await spool.deadLetters({}, 10)).map(({ id }) => id),
    [3, 4]
  )
  await until('they wait again', async () => (await spool.books('hook')).waiting === 3)
  const all = await tercel('dlq', 'replay', '--all')
  assert.deepEqual([all.exitCode, all.stdout], [0, 'replayed 2 dead letters\n'])
  assert.deepEqual(await spool.deadLetters({}, 10), [])
})

test('drop deletes those that fit when it is told not to ask', async t => {
  const { tercel, spool } = await startFilled(t)
  const some = await tercel('dlq', 'drop', '--id', '2', '--yes')
  assert.deepEqual([some.exitCode, some.stdout], [0, 'deleted 1 dead letter\n'])
  const all = await tercel('dlq', 'drop', '--all', '--yes')
  assert.deepEqual([all.exitCode, all.stdout], [0, 'deleted 3 dead letters\n'])
  assert.deepEqual(await spool.deadLetters({}, 10), [])
})

test('drop refuses to delete unasked where there is no terminal to ask on', async t => {
  const { tercel, spool } = await startFilled(t)
  const { exitCode, stdout, stderr } = await tercel('dlq', 'drop', '--all')
  assert.deepEqual([exitCode, stdout, stderr], [64, '', 'error: there is no terminal to ask on: say --yes to do it\n'])
  assert.equal((await spool.deadLetters({}, 10)).length, 4)
})

const misuse: readonly [args: string[], message: RegExp][] = [
  [['replay'], /say which dead letters, such as --output NAME, or --all/],
  [['drop', '--yes'], /say which dead letters/],
  [['replay', '--all', '--rule', 'x'], /'--all' cannot be used with options that choose some/],
  [['list', '--since', 'yesterday'], /expected a time such as 2026-01-02T03:04:05Z, or 2h/],
  [['list', '--id', '0'], /expected the number of a dead letter/],
  [['list', '--limit', '0'], /expected a number from 1/],
  [['show', 'x'], /expected the number of a dead letter/],
  [['list', '--url', 'node-1:2802'], /expected a URL such as/],
  [['list', '--url', 'http://user:secret@node-1:2802'], /without user name and password: the token is in TERCEL_TOKEN/]
]
for (const [args, message] of misuse) {
  test(`dlq ${args.join(' ')} is wrong usage`, () => {
    const { exitCode, stdout, stderr } = tercelAlone(['dlq', ...args])
    assert.match(stderr, message)
    assert.deepEqual([exitCode, stdout], [64, ''])
  })
}
