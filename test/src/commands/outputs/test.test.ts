import assert from 'node:assert/strict'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { stringify } from 'yaml'
import type { Alert } from '../../../../rules/alert.ts'
import { selfSigned } from '../../../certificates.ts'
import { always, openSink } from '../../../outputs/webhook-support.ts'
import { temporaryDirectory } from '../../delivery/support.ts'
import { tercel, tercelBeside } from '../tercel.ts'

function configure(t: TestContext, outputs: readonly object[]): { folder: string; file: string } {
  const folder = temporaryDirectory(t)
  const file = join(folder, 'tercel.yaml')
  writeFileSync(file, stringify({ spool: { directory: 'spool' }, outputs }))
  return { folder, file }
}

const kept = 'tercel keeps alerts in the spool and tries again'
const mend = `mend what the reason says, or wait if the far end is down; ${kept} by itself`

test('every way in which an output fails is told with its reason and what to do, and the others are delivered', async t => {
  const tls = selfSigned(temporaryDirectory(t))
  const good = await openSink(t)
  const refusing = await openSink(t, { faults: always({ status: 401, body: 'no token s3cret-token' }) })
  const busy = await openSink(t, { faults: always({ status: 429, retry_after: 7 }) })
  const hanging = await openSink(t, { faults: always({ send: 'nothing' }) })
  const strict = await openSink(t, { faults: always({ status: 400, body: 'what is that?' }) })
  const secure = await openSink(t, { tls })
  const gone = await openSink(t)
  await gone.close()
  const hook = (name: string, url: string, settings: object = {}) => ({ name, type: 'webhook', url, ...settings })
  const { folder, file } = configure(t, [
    hook('good', `${good.url}/a-path-that-is-secret`),
    hook('refusing', refusing.url, { headers: { authorization: 'Bearer ${env:TOKEN}' } }),
    hook('busy', busy.url),
    hook('hanging', hanging.url, { timeout_seconds: 0.5 }),
    hook('strict', strict.url, { body: 'array' }),
    hook('secure', secure.url),
    hook('gone', gone.url),
    { type: 'stdout', format: 'json', when: 'alert.priority = critical' },
    { type: 'file', path: 'alerts.jsonl' },
    { name: 'nowhere', type: 'file', path: 'no/alerts.jsonl' }
  ])
  const { exitCode, stdout, stderr } = await tercelBeside(['outputs', 'test', '-c', file], { TOKEN: 's3cret-token' })
  const lines = stdout.split('\n')
  const printed = lines.find(line => line.startsWith('{'))!
  const report = lines.filter(line => line !== printed).map(line => line.replace(/after \d+ ms$/, 'after N ms'))
  assert.deepEqual(report, [
    `good (webhook, ${good.url}): delivered after N ms`,
    `refusing (webhook, ${refusing.url}): REFUSED by the far end, whatever the alert, after N ms`,
    `  reason: ${refusing.url} answered 401 Unauthorized: no token ***: check the credentials in headers`,
    `  remedy: mend what the reason says, then test again; until then ${kept}`,
    `busy (webhook, ${busy.url}): NOT DELIVERED after N ms`,
    `  reason: ${busy.url} answered 429 Too Many Requests`,
    `  remedy: test again in 7s, as it asks; ${kept} then by itself`,
    `hanging (webhook, ${hanging.url}): NOT DELIVERED after N ms`,
    '  reason: no answer within 500 ms',
    `  remedy: see whether the far end hangs; if it is only slow, raise timeout_seconds; ${kept}`,
    `strict (webhook, ${strict.url}): ALERT REFUSED after N ms`,
    `  reason: ${strict.url} answered 400 Bad Request: what is that?`,
    '  remedy: check what the far end expects against the settings; tercel would put such an alert into the dead letters',
    `secure (webhook, ${secure.url}): NOT REACHED, nothing was sent, after N ms`,
    `  reason: ${secure.url}: its certificate does not verify: its CA is not known: name the file of its certificate in tls.ca_file (DEPTH_ZERO_SELF_SIGNED_CERT)`,
    `  remedy: ${mend}`,
    `gone (webhook, ${gone.url}): NOT REACHED, nothing was sent, after N ms`,
    `  reason: ${gone.url}: it refuses the connection: is it running, and is the port right? (ECONNREFUSED)`,
    `  remedy: ${mend}`,
    'stdout (stdout, standard output): delivered after N ms',
    `file (file, ${folder}/alerts.jsonl): delivered after N ms`,
    `nowhere (file, ${folder}/no/alerts.jsonl): NOT REACHED, nothing was sent, after N ms`,
    `  reason: cannot write ${folder}/no/alerts.jsonl: the folder ${folder}/no does not exist`,
    `  remedy: ${mend}`,
    '3 of 10 delivered',
    ''
  ])
  assert.deepEqual([exitCode, stderr], [1, ''])

  const written = JSON.parse(readFileSync(join(folder, 'alerts.jsonl'), 'utf8')) as Alert
  const { uuid, time, output, ...rest } = written
  assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000)
  assert.match(output, /^\d\d:\d\d:\d\d\.\d{9}: Notice This is a test of the output file by tercel on \S+; nothing has/)
  assert.deepEqual(rest, {
    priority: 'Notice',
    rule: 'tercel test',
    source: 'internal',
    hostname: hostname(),
    tags: ['test'],
    output_fields: {}
  })
  assert.notEqual((JSON.parse(printed) as Alert).uuid, uuid, 'each output has a uuid of its own')
  assert.deepEqual([good.summary().alerts, secure.summary().requests, strict.summary().requests], [1, 0, 1])
})

test('one output is tested by its name, and the result is one JSON object', async t => {
  const sink = await openSink(t)
  const { file } = configure(t, [
    { name: 'hook', type: 'webhook', url: sink.url },
    { name: 'other', type: 'webhook', url: sink.url }
  ])
  const { exitCode, stdout, stderr } = await tercelBeside(['outputs', 'test', 'hook', '--json', '-c', file])
  const { ok, outputs } = JSON.parse(stdout) as { ok: boolean; outputs: Record<string, unknown>[] }
  const { uuid, check_ms: checkMs, send_ms: sendMs, ...rest } = outputs[0]!
  assert.deepEqual(rest, { name: 'hook', type: 'webhook', outcome: 'delivered', reason: null, after_seconds: null })
  assert.deepEqual(
    [...sink.alerts()].map(each => each.uuid),
    [uuid]
  )
  assert.deepEqual([ok, outputs.length, typeof checkMs, typeof sendMs], [true, 1, 'number', 'number'])
  assert.deepEqual([exitCode, stderr], [0, ''])
})

test('with --no-send an output is only reached', async t => {
  const sink = await openSink(t, { faults: always({ status: 401 }) })
  const { file } = configure(t, [{ type: 'webhook', url: sink.url }])
  const { exitCode, stdout } = await tercelBeside(['outputs', 'test', '--no-send', '-c', file])
  assert.match(stdout, /^webhook \(webhook, \S+\): can be reached after \d+ ms\n1 of 1 can be reached\n$/)
  assert.deepEqual([exitCode, sink.summary().requests], [0, 0])
})

test('a name that the configuration does not have is refused with the nearest', t => {
  const { file } = configure(t, [{ name: 'hook', type: 'stdout' }])
  const { exitCode, stdout, stderr } = tercel(['outputs', 'test', 'hok', '-c', file])
  assert.deepEqual([exitCode, stdout], [78, ''])
  assert.equal(stderr, `tercel: ${file} has no output hok; did you mean hook?\n`)
})

const nobody = 65_534

test('root tests as the user that owns the spool', {
  skip: process.getuid?.() === 0 ? false : 'needs root'
}, async t => {
  const { folder, file } = configure(t, [{ type: 'file', path: 'alerts.jsonl' }])
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'spool'))
  chownSync(join(folder, 'spool'), nobody, nobody)
  const { exitCode, stdout, stderr } = tercel(['outputs', 'test', '-c', file])
  assert.match(stdout, /NOT REACHED.*\n {2}reason: cannot write \S+\/alerts\.jsonl: permission denied\n/)
  assert.equal(stderr, `tercel: the test runs as uid ${nobody}, which owns ${folder}/spool\n`)
  assert.equal(exitCode, 1)
  assert.equal(existsSync(join(folder, 'alerts.jsonl')), false)
})
