import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { startFilled } from './control-support.ts'
import { mainPath } from './tercel.ts'

const skip = spawnSync('script', ['--version']).status === 0 ? false : 'needs script (util-linux)'

/** Runs the command on a terminal of 60 columns, on which this is typed; gives what the terminal shows. */
async function onTerminal(args: readonly string[], typed = ''): Promise<{ exitCode: number | null; shown: string }> {
  const words = [process.execPath, '--disable-warning=ExperimentalWarning', mainPath, ...args]
  const command = `stty cols 60; exec ${words.map(word => `'${word}'`).join(' ')}`
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'])
  if (typed === '') child.stdin.end()
  else child.stdout.once('data', () => child.stdin.write(typed))
  const [shown, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { exitCode, shown: shown.replaceAll('\r\n', '\n') }
}

test('drop and forget ask on a terminal, and do nothing without a yes', { skip }, async t => {
  const { config, spool } = await startFilled(t)
  const no = await onTerminal(['dlq', 'drop', '--output', 'hook', '-c', config], 'n\n')
  assert.match(no.shown, /delete 3 dead letters of hook for good\? \[y\/N\] /)
  assert.match(no.shown, /\nnothing was deleted\n$/)
  const yes = await onTerminal(['dlq', 'drop', '--output', 'hook', '-c', config], 'y\n')
  assert.match(yes.shown, /\ndeleted 3 dead letters of hook\n$/)
  assert.deepEqual(
    (await spool.deadLetters({}, 10)).map(({ id }) => id),
    [4]
  )
  const forget = await onTerminal(['spool', 'forget', 'old', '-c', config], '\n')
  assert.match(forget.shown, /forget old and give up 3 alerts that wait for it\? \[y\/N\] /)
  assert.match(forget.shown, /\nnothing was changed\n$/)
  assert.deepEqual([no.exitCode, yes.exitCode, forget.exitCode], [0, 0, 0])
})

test('a table fits the terminal, and verify shows how far it is', { skip }, async t => {
  const { config } = await startFilled(t)
  const { shown } = await onTerminal(['dlq', 'list', '-c', config])
  const widths = shown.split('\n').map(line => line.length)
  assert.equal(Math.max(...widths) <= 60, true, shown)
  assert.match(shown, /^1 .*…$/m)
  const verified = await onTerminal(['spool', 'verify', '-c', config])
  assert.match(verified.shown, /\d+ % {2}(pages|alerts|dead letters|outputs)/)
  assert.match(verified.shown, /the spool is sound: .*\n$/)
})
