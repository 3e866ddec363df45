import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { StdoutOutput } from '../../outputs/stdout.ts'
import { resolveModule } from '../../src/paths.ts'
import { makeAlert, until } from '../src/delivery/support.ts'

const signal = new AbortController().signal

/** A stream that keeps what was written, and holds writes back while it is blocked. */
class MemoryStream extends Writable {
  text = ''
  blocked = false
  #held: (() => void)[] = []

  override _write(chunk: Buffer, _: string, done: (error?: Error | null) => void): void {
    const write = () => {
      this.text += chunk.toString()
      done()
    }
    if (this.blocked) this.#held.push(write)
    else write()
  }

  unblock(): void {
    this.blocked = false
    for (const write of this.#held.splice(0)) write()
  }
}

const evil = 'a\nb\r\u001b[2Jc\u009bd\u007f\u2028e\u202ef\u2066g\u200e\ud800h'

test('as text an alert is its line', async () => {
  const stream = new MemoryStream()
  const output = new StdoutOutput({ format: 'text' }, stream)
  const outcomes = await output.send([makeAlert('1'), makeAlert('2')], signal)
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['delivered', 'delivered']
  )
  assert.equal(stream.text, `${makeAlert('1').output}\n${makeAlert('2').output}\n`)
})

test('as JSON an alert is one line that parses to it', async () => {
  const stream = new MemoryStream()
  const alert = makeAlert('1', { output_fields: { 'proc.cmdline': evil, 'fd.name': 'ünï 漢 🦅' } })
  await new StdoutOutput({ format: 'json' }, stream).send([alert], signal)
  assert.equal(stream.text.split('\n').length, 2)
  assert.deepEqual(JSON.parse(stream.text), alert)
  assert.ok(stream.text.includes('ünï 漢 🦅'), 'what is printable stays as it is')
})

for (const format of ['text', 'json'] as const) {
  test(`as ${format}, an alert cannot forge a line, move the cursor or turn the reading direction`, async () => {
    const stream = new MemoryStream()
    const alert = makeAlert('1', { output: evil, rule: evil, output_fields: { [evil]: evil } })
    await new StdoutOutput({ format }, stream).send([alert], signal)
    assert.equal(stream.text.indexOf('\n'), stream.text.length - 1)
    assert.doesNotMatch(stream.text.slice(0, -1), /\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}|\p{Cs}/u)
  })
}

test('while nobody reads, a send that is given up on is not written twice', async () => {
  const stream = new MemoryStream()
  stream.blocked = true
  const output = new StdoutOutput({ format: 'text' }, stream)
  const alerts = [makeAlert('1'), makeAlert('2')]
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const giveUp = new AbortController()
    const sent = output.send(alerts, giveUp.signal)
    giveUp.abort()
    const outcomes = await sent
    assert.deepEqual(outcomes[0], { kind: 'retry', reason: 'nobody reads standard output' })
  }
  const again = output.send([...alerts, makeAlert('3')], signal)
  stream.unblock()
  assert.deepEqual(
    (await again).map(({ kind }) => kind),
    ['delivered', 'delivered', 'delivered']
  )
  assert.equal(stream.text, [...alerts, makeAlert('3')].map(({ output: line }) => `${line}\n`).join(''))
})

test('a closed stream is a reason to try again, not to crash', async () => {
  const stream = new MemoryStream()
  const output = new StdoutOutput({ format: 'text' }, stream)
  stream.destroy(new Error('write EPIPE'))
  await once(stream, 'error')
  const [outcome] = await output.send([makeAlert('1')], signal)
  assert.deepEqual(outcome, { kind: 'retry', reason: 'standard output: write EPIPE' })
  await assert.rejects(output.check(), /EPIPE/)
})

test('the process outlives the reader of its standard output', async t => {
  const program = `
    import { stdout } from ${JSON.stringify(resolveModule('outputs/stdout.ts').href)}
    const output = stdout.create({ format: 'text' }, { name: 'a', baseDirectory: '/' })
    const alert = { uuid: '1', output: 'x'.repeat(1000) }
    const signal = new AbortController().signal
    for (;;) {
      const [outcome] = await output.send([alert], signal)
      if (outcome.kind === 'delivered') continue
      process.stderr.write(outcome.reason)
      break
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program])
  t.after(() => child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', text => {
    said += text
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = await once(child, 'exit')
  await until('it has said why', () => said !== '')
  assert.match(said, /standard output: .*EPIPE/)
  assert.equal(code, 0)
})
