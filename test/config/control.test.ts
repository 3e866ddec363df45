import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TercelError } from '../../base/errors.ts'
import { loadControlConfig } from '../../config/control.ts'

function load(text: string, env: Readonly<Record<string, string>> = {}) {
  return loadControlConfig('/etc/tercel/tercel.yaml', { env, readFile: async () => Buffer.from(text) })
}

test('what leads to a tercel is read, and nothing else is looked at', async () => {
  const text = `
spool: {directory: spool, max_bytes: 64MiB}
server: {token: "\${env:NOT_SET}"}
rules: {files: 5}
nonsense: true
outputs:
  - {type: stdout}
  - {name: hook, type: no-such-type, url: "\${env:NOT_SET}"}
  - {name: "\${env:NAME}", type: webhook}
  - 7
`
  assert.deepEqual(await load(text, { NAME: 'named' }), {
    file: '/etc/tercel/tercel.yaml',
    spool: { directory: '/etc/tercel/spool', maxBytes: 64 * 2 ** 20 },
    server: { enabled: true, socket: '/etc/tercel/spool/control.sock' },
    outputs: [
      { name: 'stdout', type: 'stdout' },
      { name: 'hook', type: 'no-such-type' },
      { name: 'named', type: 'webhook' }
    ]
  })
})

test('without the sections their defaults count', async () => {
  const { spool, server, outputs } = await load('server:\noutputs: none\n')
  assert.deepEqual(spool, { directory: '/var/lib/tercel/spool', maxBytes: 2 ** 30 })
  assert.deepEqual(server, { enabled: true, socket: '/var/lib/tercel/spool/control.sock' })
  assert.deepEqual(outputs, [])
})

const wrong: readonly [text: string, message: RegExp][] = [
  ['spool: 5', /:1:8: spool: expected a mapping, not 5/],
  ['server: []', /:1:9: server: expected a mapping, not a list/],
  ['spool: {directory: "${env:NOT_SET}"}', /:1:20: spool\.directory: the environment variable NOT_SET is not set/],
  ['spool: {max_bytes: 1MiB}', /:1:20: spool\.max_bytes: expected at least 16777216 bytes/],
  [`server: {socket: /${'x'.repeat(120)}}`, /server\.socket: expected a path of at most 107 bytes/],
  [`spool: {directory: /${'x'.repeat(100)}}`, /spool\.directory: the path of the control socket in it has 114 bytes/],
  ['spool: [', /:1:9: /],
  ['', /the file is empty|:1:1: /]
]
for (const [text, message] of wrong) {
  test(`${text.slice(0, 40) || 'an empty file'} is refused with its place`, async () => {
    await assert.rejects(load(text), error => {
      assert.ok(error instanceof TercelError && error.code === 'TERCEL_CONFIG')
      const problems = error.problems.map(({ message, place }) => `:${place?.line}:${place?.column}: ${message}`)
      assert.match([error.message, ...problems].join('\n'), message)
      return true
    })
  })
}
