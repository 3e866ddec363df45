/** What docs/rule-tests.md shows is what happens. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { resolveData } from '../../../../src/paths.ts'
import { tercel } from '../tercel.ts'

const page = readFileSync(resolveData('docs/rule-tests.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'tercel-docs-'))
after(() => rmSync(folder, { recursive: true }))

/** The files of the page: the first line of each names it. */
const files = [...page.matchAll(/^```yaml\n# (\S+)\n[\s\S]*?^```$/gm)].map(match => match[1]!)
for (const [block, path] of page.matchAll(/^```yaml\n# (\S+)\n[\s\S]*?^```$/gm)) {
  mkdirSync(dirname(join(folder, path!)), { recursive: true })
  writeFileSync(join(folder, path!), block.split('\n').slice(1, -1).join('\n'))
}

/** Commands with what they print: indented, one after a dollar sign. */
const commands = [...page.matchAll(/^ {4}\$ tercel (.+)\n((?: {4}.*\n)*)/gm)].map(match => ({
  args: match[1]!.split(' '),
  expected: match[2]!.replace(/^ {4}/gm, '')
}))

describe('docs/rule-tests.md', () => {
  test('shows files and commands', () => {
    assert.equal(files.length, [...page.matchAll(/^```yaml$/gm)].length)
    assert.ok(files.length >= 6 && commands.length >= 2)
  })

  for (const path of files.filter(each => each.startsWith('tests/') && each !== 'tests/failing.yaml')) {
    test(`the tests of ${path} pass`, () => {
      const { exitCode, stdout, stderr } = tercel(['rules', 'test', path], {}, { folder })
      assert.match(stdout, /: all passed\n$/)
      assert.deepEqual([exitCode, stderr], [0, ''])
    })
  }

  for (const { args, expected } of commands) {
    test(`${args.join(' ')} prints what stands there`, () => {
      assert.equal(tercel(args, {}, { folder }).stdout, expected)
    })
  }
})
