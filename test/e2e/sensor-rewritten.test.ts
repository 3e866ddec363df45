import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { compile, startSensor } from './sensor-support.ts'
import { temporaryFolder, withoutBpf } from './support.ts'

test('an address that a thread rewrites while the call waits is told as it was when the call began', {
  skip: withoutBpf
}, async t => {
  const program = compile('rewritten')
  const sensor = await startSensor(t, ['sendto', 'sendmsg'], { keep: ({ process }) => process.name === 'rewritten' })
  for (const call of ['sendto', 'sendmsg']) {
    const { pid, stdout } = spawnSync(program, [call], { cwd: temporaryFolder(), encoding: 'utf8' })
    assert.equal(stdout, '4 other\n')
    const last = (await sensor.eventsOf(pid, ({ args }) => args.data === 'last')).at(-1)!
    assert.deepEqual([last.type, last.result, last.descriptor?.name], [call, 4, 'asked'])
  }
})
