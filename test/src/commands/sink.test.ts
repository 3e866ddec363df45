import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { resolveModule } from '../../../src/paths.ts'
import { makeAlert, until } from '../delivery/support.ts'
import { tercel } from './tercel.ts'

const folder = mkdtempSync(join(tmpdir(), 'tercel-sink-'))
after(() => rmSync(folder, { recursive: true }))

interface Running {
  readonly child: ChildProcess
  readonly url: string
  stdout(): string
}

/** Starts `tercel sink` and waits for its URL. */
async function startSink(t: TestContext, ...args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [fileURLToPath(resolveModule('src/main.ts')), 'sink', ...args])
  t.after(() => child.kill('SIGKILL'))
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  await until('it says its URL', () => stdout.includes('\n'))
  return { child, url: stdout.split('\n')[0]!, stdout: () => stdout }
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body) })
}

test('it says its URL first, prints alerts as lines that cannot forge one, and sums up at the end', async t => {
  const { child, url, stdout } = await startSink(t, '--print')
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  const alert = makeAlert('a', { output: 'x\ny\u001b[2J' })
  assert.equal((await post(url, [alert, alert])).status, 200)
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  assert.equal(code, 0)
  assert.deepEqual(stdout().split('\n'), [
    url,
    'x\\ny\\x1b[2J',
    'x\\ny\\x1b[2J',
    '1 request (0 met a fault, 0 invalid): 2 alerts, 1 different ones taken, 1 of them more than once',
    ''
  ])
})

test('it ends in good order when nobody reads what it prints any more', async t => {
  const { child, url } = await startSink(t, '--print')
  let stderr = ''
  child.stderr!.on('data', text => {
    stderr += text
  })
  const closed = once(child, 'close')
  child.stdout!.destroy()
  await until('it has ended', async () => {
    await post(url, makeAlert('a')).catch(() => {})
    return child.exitCode !== null
  })
  await closed
  assert.deepEqual([child.exitCode, stderr], [0, ''])
})

test('faults come as JSON or from a file', async t => {
  const file = join(folder, 'faults.json')
  writeFileSync(file, '{"faults":[{"status":429}]}')
  const fromFile = await startSink(t, '--faults', file)
  const fromText = await startSink(t, '--faults', '{"faults":[{"status":418}]}')
  assert.deepEqual([(await post(fromFile.url, {})).status, (await post(fromText.url, {})).status], [429, 418])
})

const misuse: readonly [args: string[], exitCode: number, message: RegExp][] = [
  [['--faults', '{"faults":[{"statu":1}]}'], 78, /faults:1:13: unknown key statu: .*did you mean status\?/],
  [['--faults', '[{"status":500}]'], 78, /faults:1:1: expected a mapping with faults:, not a list/],
  [['--faults', '/nowhere.json'], 78, /cannot read \/nowhere\.json: it does not exist/],
  [['--tls-cert', 'x.pem'], 78, /HTTPS needs both --tls-cert and --tls-key/],
  [['--tls-cert', '/nowhere.pem', '--tls-key', '/nowhere.key'], 78, /cannot read \/nowhere\.pem/],
  [['--tls-cert', '/etc/hostname', '--tls-key', '/etc/hostname'], 78, /--tls-cert/],
  [['--port', '70000'], 64, /expected a port from 0 to 65535/],
  [['--port', 'x'], 64, /expected a whole number/],
  [['--host', '192.0.2.1'], 78, /cannot listen on port 0 of 192\.0\.2\.1: this machine does not have that address$/m]
]

for (const [args, exitCode, message] of misuse) {
  test(`sink ${args.join(' ')} is refused with what is wrong`, () => {
    const run = tercel(['sink', ...args])
    assert.match(run.stderr, message)
    assert.deepEqual([run.exitCode, run.stdout], [exitCode, ''])
  })
}
