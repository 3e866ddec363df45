import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { refusalOfNode } from '../../src/node-version.ts'
import { mainPath } from './commands/tercel.ts'

const nowhere = '/nonexistent/node'

test('Node 24 and newer will do', () => {
  for (const version of ['24.0.0', '26.10.0', '100.0.0']) assert.equal(refusalOfNode(version, nowhere), undefined)
})

test('an older one is refused, with the way to a newer one', () => {
  const refusal = 'Node 24 or newer is needed, and this is Node 20.20.2: '
  assert.equal(refusalOfNode('20.20.2', process.execPath), `${refusal}type ${process.execPath} in place of node`)
  const install = 'install a newer one, or type npm start: it puts one into the checkout'
  assert.equal(refusalOfNode('20.20.2', nowhere), refusal + install)
})

test('the program refuses before it loads what only a newer Node can load', () => {
  // An old Node, as far as one can be had: its version, and no zstd in node:zlib (it came with 22.15).
  const old = `
    import { registerHooks } from 'node:module'
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })
    registerHooks({ load: (url, context, next) =>
      url === 'node:zlib' ? { format: 'module', source: 'export {}', shortCircuit: true } : next(url, context) })`
  const preloaded = ['--import', `data:text/javascript,${encodeURIComponent(old)}`]
  const { status, stderr } = spawnSync(process.execPath, [...preloaded, mainPath, 'version'], { encoding: 'utf8' })
  assert.match(stderr, /^tercel: Node 24 or newer is needed, and this is Node 20\.20\.2: [^\n]*\n$/)
  assert.equal(status, 78)
})
