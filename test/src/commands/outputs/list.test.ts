import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { outputDefinitions } from '../../../../outputs/index.ts'
import { temporaryDirectory } from '../../delivery/support.ts'
import { tercel } from '../tercel.ts'

const token = 'hunter2-and-more'

function list(t: TestContext, args: readonly string[] = []) {
  const folder = temporaryDirectory(t)
  const file = join(folder, 'tercel.yaml')
  writeFileSync(
    file,
    `outputs:
  - {name: console, type: stdout}
  - {name: archive, type: file, path: a.jsonl, backlog: {max_bytes: 256MiB, max_age_seconds: 604800, on_full: block}}
  - name: hook
    type: webhook
    url: https://hooks.example.org:8443/services/\${env:TOKEN}?key=\${env:TOKEN}
    headers: {authorization: 'Bearer \${env:TOKEN}'}
    concurrency: 4
    timeout_seconds: 2.5
    when: alert.priority >= warning and alert.rule != "\${env:TOKEN}"
    rate_limit: {per_second: 10}
    throttle: {key: [alert.rule], window_seconds: 90}
`
  )
  const run = tercel(['outputs', 'list', '-c', file, ...args], { TOKEN: token })
  assert.doesNotMatch(run.stdout + run.stderr, /hunter2/)
  assert.deepEqual([run.exitCode, run.stderr], [0, ''])
  return { ...run, folder }
}

test('a line for each output says where it goes and how it is served, without secrets', t => {
  const { stdout, folder } = list(t)
  const cells = stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split(/ {2,}/))
  assert.deepEqual(cells, [
    ['OUTPUT', 'TYPE', 'TO', 'ALERTS', 'SENDS', 'TIMEOUT', 'RATE LIMIT', 'BACKLOG'],
    ['console', 'stdout', 'standard output', 'all', '1', '30 s', 'none', 'shed'],
    ['archive', 'file', `${folder}/a.jsonl`, 'all', '1', '30 s', 'none', '268 MB, 7d, block'],
    [
      'hook',
      'webhook',
      'https://hooks.example.org:8443',
      'alert.priority >= warning and alert.rule != "***"',
      '4',
      '2.5 s',
      '10/s',
      'shed'
    ],
    ['3 outputs']
  ])
})

test('the same as JSON, in the words of the configuration', t => {
  const outputs = JSON.parse(list(t, ['--json']).stdout) as Record<string, unknown>[]
  assert.equal(outputs.length, 3)
  assert.deepEqual(outputs[2], {
    name: 'hook',
    type: 'webhook',
    to: 'https://hooks.example.org:8443',
    when: 'alert.priority >= warning and alert.rule != "***"',
    throttle: { key: ['alert.rule'], window_seconds: 90 },
    start: 'now',
    linger_seconds: 0,
    concurrency: 4,
    timeout_seconds: 2.5,
    rate_limit: { per_second: 10, burst: 10 },
    backlog: { max_bytes: null, max_age_seconds: null, on_full: 'shed' }
  })
})

const types = [...outputDefinitions.keys()]

test('with --types the types are listed', () => {
  const { exitCode, stdout, stderr } = tercel(['outputs', 'list', '--types'])
  assert.deepEqual([exitCode, stderr], [0, ''])
  for (const { type, description } of outputDefinitions.values()) {
    assert.ok(
      stdout.split('\n').some(line => line.startsWith(`${type} `) && line.endsWith(description)),
      type
    )
  }
})

const skip = existsSync('/etc/tercel/tercel.yaml') && 'this machine has a configuration'

test('without a configuration the types are listed, and that is said', { skip }, () => {
  const { exitCode, stdout, stderr } = tercel(['outputs', 'list', '--json'])
  assert.deepEqual(
    (JSON.parse(stdout) as { type: string }[]).map(({ type }) => type),
    types
  )
  assert.equal(exitCode, 0)
  assert.match(stderr, /^tercel: there is no \/etc\/tercel\/tercel\.yaml, .* these are the types of outputs\n$/)
})
