import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tree } from '../../../config/document.ts'
import type { TemplateFinding } from '../../../outputs/template/findings.ts'
import { wireJson } from '../../../outputs/template/json.ts'
import { compileTree } from '../../../outputs/template/tree.ts'

const names = { a: true } as const

function fill(tree: Tree, a: unknown): unknown {
  const findings: TemplateFinding[] = []
  const made = compileTree(tree, '', names, findings)
  assert.deepEqual(findings, [])
  return made({ a })
}

const cases: readonly [what: string, tree: Tree, a: unknown, expected: unknown][] = [
  ['constants stay as they are', { b: [1, true, null, 'x'], c: {} }, 1, { b: [1, true, 'x'], c: {} }],
  [
    'an expression gives its value',
    { b: '{{ a }}', c: ' {{ a }} ' },
    [1, { x: 2 }],
    { b: [1, { x: 2 }], c: [1, { x: 2 }] }
  ],
  ['two expressions are text', '{{ a }}{{ a }}', 7, '77'],
  ['false and 0 are values', { b: '{{ a.f }}', c: '{{ a.z }}' }, { f: false, z: 0 }, { b: false, c: 0 }],
  ['what gives nothing is left out', { b: '{{ a.no }}', c: ['{{ a.no }}', 1] }, {}, { c: [1] }],
  ['text that gives nothing is empty', { b: 'x{{ a.no }}' }, {}, { b: 'x' }],
  ['a list of each', { $for: '{{ a }}', $each: { v: '{{ item }}' } }, [1, 'y'], [{ v: 1 }, { v: 'y' }]],
  ['items among others', [0, { $for: '{{ a }}', $each: '{{ item }}' }, 9], [1, 2], [0, 1, 2, 9]],
  ['a list of nothing', [{ $for: '{{ a.no }}', $each: 1 }], {}, []],
  ['merged keys give way to others', { b: 1, $merge: '{{ a }}', c: 2 }, { b: 9, d: 3 }, { b: 1, d: 3, c: 2 }],
  ['keys that only look alike stay', { $schema: 'x' }, 1, { $schema: 'x' }]
]

for (const [what, tree, a, expected] of cases) {
  test(what, () => assert.deepEqual(fill(tree, a), expected))
}

test('a field that is named __proto__ is a field', () => {
  const a = JSON.parse('{"__proto__":{"x":1}}')
  assert.equal(JSON.stringify(fill({ $merge: '{{ a }}' }, a)), '{"__proto__":{"x":1}}')
  assert.equal(
    JSON.stringify(fill({ $for: '{{ a | entries }}', $each: '{{ item }}' }, a)),
    '[{"name":"__proto__","value":{"x":1}}]'
  )
})

test('what is wrong is found with its place, all at once', () => {
  const findings: TemplateFinding[] = []
  const tree = {
    b: ['{{ c }}'],
    d: { $fr: 1 },
    e: { $for: '{{ a }}' },
    f: { $for: '{{ a }}', $each: 1, g: 2 },
    'h/i': '{{'
  }
  compileTree(tree, '/body', names, findings)
  assert.deepEqual(
    findings.map(({ pointer }) => pointer),
    ['/body/b/0', '/body/d/$fr', '/body/e', '/body/f/g', '/body/h~1i']
  )
  assert.match(findings[1]!.message, /did you mean \$for\?/)
})

test('what cannot be rendered says where it stands', () => {
  const made = compileTree({ b: { c: '{{ a | cut: a }}' } }, '/body', names, [])
  assert.throws(() => made({ a: 'x' }), { pointer: '/body/b/c' })
})

test('on the wire, half a surrogate pair is none, and a whole one stays', () => {
  assert.equal(wireJson({ '\udfffk': ['a\ud800', '🦅', '\\ud800'] }), '{"\ufffdk":["a\ufffd","🦅","\\\\ud800"]}')
})
