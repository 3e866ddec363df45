import assert from 'node:assert/strict'
import { test } from 'node:test'
import { prefixMatcher } from '../../../rules/engine/path-prefix.ts'

const cases: [paths: string[], path: string, covered: boolean][] = [
  [['/etc'], '/etc', true],
  [['/etc'], '/etc/shadow', true],
  [['/etc'], '/etcetera', false],
  [['/etc/'], '/etc/ssh/sshd_config', true],
  [['/etc/ssh'], '/etc', false],
  [['/'], '/anything', true],
  [['/home/*/.ssh'], '/home/u/.ssh/id', true],
  [['/home/*/.ssh'], '/home/a/b/.ssh/id', false],
  [['/home/*', '/home/u/x'], '/home/u', true],
  [['/proc/[0-9]*/mem'], '/proc/12/mem', true],
  [['/proc/[0-9]*/mem'], '/proc/self/mem', false],
  [[], '/etc', false]
]

for (const [paths, path, covered] of cases) {
  test(`${path} is ${covered ? '' : 'not '}at or below (${paths.join(', ')})`, () => {
    assert.equal(prefixMatcher(paths)(path), covered)
  })
}
