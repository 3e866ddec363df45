import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { seededRandom } from '../../../base/seeded-random.ts'
import { validate } from '../../../config/validate.ts'
import { readOwnPreset } from '../../../outputs/preset/load.ts'
import { shippedPresets } from '../../../outputs/preset/shipped.ts'

const texts = [...shippedPresets.values()].map(path => readFileSync(path, 'utf8'))
const scraps = [
  '{{',
  '}}',
  '{%',
  '| cut: "x"',
  '$for',
  '$each',
  '$merge',
  ': ',
  '[',
  '{',
  '- ',
  '\n',
  '__proto__',
  '1e99',
  'null',
  '/'
]

/** A preset as somebody might leave it: lines and words are gone, doubled, exchanged or of another file. */
function damaged(random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  let lines = pick(texts).split('\n')
  for (let change = 0; change <= random() * 3; change += 1) {
    const at = Math.floor(random() * lines.length)
    const line = lines[at]!
    const inside = Math.floor(random() * line.length)
    const changes = [
      () => lines.toSpliced(at, 1),
      () => lines.toSpliced(at, 0, line),
      () => lines.toSpliced(at, 1, pick(pick(texts).split('\n'))),
      () => lines.toSpliced(at, 1, line.slice(0, inside) + pick(scraps) + line.slice(inside)),
      () => lines.toSpliced(at, 1, line.slice(0, inside) + line.slice(inside + 1)),
      () => lines.toSpliced(at, 1, line.replace(/: .*/, `: ${pick(scraps)}`))
    ]
    lines = pick(changes)()
  }
  return lines.join('\n')
}

test('a damaged preset has problems with places in it, or can be used', t => {
  t.mock.method(console, 'warn', () => assert.fail('nothing is printed'))
  const random = seededRandom(11)
  let refused = 0
  for (let round = 0; round < 600; round += 1) {
    const text = damaged(random)
    const read = readOwnPreset('mine', text, 'mine.yaml')
    if ('definition' in read) {
      validate(read.definition.schema, {}, new Map())
      continue
    }
    refused += 1
    assert.ok(read.problems.length > 0)
    const lines = text.split('\n').length
    for (const { message, place } of read.problems) {
      assert.ok(message.length > 0)
      assert.ok(place!.line >= 1 && place!.line <= lines + 1, text)
    }
  }
  assert.ok(refused > 120, `${refused} were refused`)
})
