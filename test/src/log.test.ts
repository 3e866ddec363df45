import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { createLogger, hideSecrets, redact } from '../../src/log.ts'
import { resolveModule } from '../../src/paths.ts'

function logged(pretty: boolean, use: (log: ReturnType<typeof createLogger>) => void): string {
  let text = ''
  const write = (line: string): void => {
    text += line
  }
  use(createLogger({ pretty, write, level: 'debug', base: { component: 'test' } }))
  return text
}

test('a line is one JSON object with time, level and what was given', () => {
  const line = JSON.parse(logged(false, log => log.warn({ lane: 'console' }, 'slow')))
  assert.match(line.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  const { level, component, lane, msg } = line
  assert.deepEqual({ level, component, lane, msg }, { level: 'warn', component: 'test', lane: 'console', msg: 'slow' })
})

test('an error keeps its message and stack', () => {
  const line = JSON.parse(logged(false, log => log.error(new Error('broken'))))
  assert.equal(line.msg, 'broken')
  assert.match(line.err.stack, /log\.test/)
})

test('secrets are left out wherever they stand, and the line stays JSON', () => {
  hideSecrets(['hunter2', '","level":"', ''])
  for (const pretty of [false, true]) {
    const text = logged(pretty, log => {
      log
        .child({ bound: 'hunter2' })
        .info({ nested: { list: ['a hunter2'] }, err: new Error('hunter2') }, 'say hunter2')
      log.info('a quoted ","level":" is content')
    })
    assert.doesNotMatch(text, /hunter2/)
    assert.equal(text.match(/\*\*\*/g)!.length >= 5, true)
    if (!pretty) for (const line of text.trim().split('\n')) JSON.parse(line)
  }
  assert.equal(redact('x hunter2'), 'x ***')
})

test('what an attacker controls can neither forge a readable line nor steer a terminal', () => {
  const text = logged(true, log => log.info({ command: 'a\u001b[2Jb' }, 'ran x\n12:00:00 ERROR: forged \u202e\u2028'))
  for (const forged of ['\u001b', '\u202e', '\u2028', '\n12:00:00']) assert.ok(!text.includes(forged))
})

test('a JSON line holds nothing unprintable, and reads back as what was logged', () => {
  const command = 'a\u009b2Jb\u007f\u202e\u2028'
  const line = logged(false, log => log.info({ command }, 'ran'))
  assert.match(line, /^[\x20-\x7e]+\n$/)
  assert.equal(JSON.parse(line).command, command)
})

test('a worker thread that ends at once has written its lines to standard error', () => {
  const log = resolveModule('src/log.ts').href
  const inWorker = `import(${JSON.stringify(log)}).then(m => { m.createLogger().info('from the worker'); process.exit(0) })`
  const code = `new (require('node:worker_threads').Worker)(${JSON.stringify(inWorker)}, { eval: true })`
  const { stderr, stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' })
  assert.match(stderr, /"msg":"from the worker"/)
  assert.equal(stdout, '')
})
