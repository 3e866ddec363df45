import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { rules, ruleText, workspace } from './support.ts'

const { folder, write } = workspace()
write('rules.yaml', `${ruleText({ condition: 'evt.type = open and proc.name in (l)' })}- list: l\n  items: [a]\n`)
const other = write('other.yaml', ruleText({ condition: 'evt.type = openat', output: '"\\e[2J%proc.name"' }))
const one = (event: string, alerts: string, head = 'rules: [rules.yaml]') =>
  `${head}\ntests:\n- name: is told\n  event: ${event}\n  alerts: ${alerts}\n`
const good = write('good.yaml', one('{evt.type: open, proc.name: a}', '[R]'))
const failing = write('failing.yaml', one('{evt.type: open, proc.name: b}', '[R]'))

describe('tercel rules test', () => {
  test('prints a line for each test, and its exit code says whether all passed', () => {
    const passed = rules(['test', good])
    assert.deepEqual(passed, {
      exitCode: 0,
      stdout: `${good}\n  ok      is told\n1 test in 1 file: all passed\n`,
      stderr: ''
    })
    const failed = rules(['test', good, failing])
    assert.equal(
      failed.stdout,
      `${good}
  ok      is told
${failing}
  FAILED  is told (${failing}:3)
          - R: expected, but not raised
          event 1 (open) matches no rule
2 tests in 2 files: 1 failed
`
    )
    assert.deepEqual([failed.exitCode, failed.stderr], [1, ''])
  })

  test('finds rule files beside the test file, and takes others in their place', () => {
    const args = ['test', write('openat.yaml', one('{evt.type: openat}', '[R]')), '--rules', other]
    assert.equal(rules(args).exitCode, 0)
    assert.equal(
      rules(['test', write('none.yaml', one('{evt.type: openat}', '[R]', 'lists: {}')), '-r', other]).exitCode,
      0
    )
    assert.equal(
      rules(['test', write('absolute.yaml', one('{evt.type: openat}', '[R]', `rules: [${other}]`))]).exitCode,
      0
    )
  })

  test('puts items into lists as the configuration does', () => {
    const head = 'rules: [rules.yaml]\nlists: {l: [b]}'
    assert.equal(rules(['test', write('lists.yaml', one('{evt.type: open, proc.name: b}', '[R]', head))]).exitCode, 0)
  })

  test('writes a report as JUnit XML, and gives the results as JSON', () => {
    const report = join(folder, 'report.xml')
    const { exitCode, stdout } = rules(['test', good, failing, '--junit', report, '--json'])
    assert.deepEqual(
      [exitCode, JSON.parse(stdout)],
      [
        1,
        {
          ok: false,
          tests: 2,
          failed: 1,
          files: [
            { file: good, tests: [{ name: 'is told', line: 3, ok: true, failure: null }] },
            {
              file: failing,
              tests: [
                {
                  name: 'is told',
                  line: 3,
                  ok: false,
                  failure: '- R: expected, but not raised\nevent 1 (open) matches no rule'
                }
              ]
            }
          ]
        }
      ]
    )
    assert.match(readFileSync(report, 'utf8'), /<testsuites name="tercel rules test" tests="2" failures="1" /)
  })

  test('a report that cannot be written is exit code 74', () => {
    const { exitCode, stderr } = rules(['test', failing, '--junit', join(folder, 'no', 'report.xml')])
    assert.match(stderr, /^tercel: cannot write .*report\.xml: the folder .*no does not exist\n$/)
    assert.equal(exitCode, 74)
  })

  test('names all that is wrong with test files and rules in one run, each with its line, and runs nothing', () => {
    const wrong = write('wrong.yaml', one('{proc.nmae: a}', '[S]'))
    write('bad-rules.yaml', ruleText({ condition: 'proc.nmae = x' }))
    const bad = write('bad.yaml', one('{}', '[R]', 'rules: [bad-rules.yaml, none.rules]\nlists: {k: []}'))
    const { exitCode, stdout, stderr } = rules(['test', good, wrong, bad, join(folder, 'none')])
    assert.equal(
      stderr,
      `tercel: The tests were not run: 5 problems.
${wrong}:4:11: error: unknown field proc.nmae; did you mean proc.name? [LOAD_ERR_UNKNOWN_FILTER]
    event: {proc.nmae: a}
            ^
${bad}:1:1: error: cannot read ${folder}/none.rules: it does not exist [LOAD_ERR_FILE_READ]
  rules: [bad-rules.yaml, none.rules]
  ^
${bad}:2:1: error: unknown list k [LOAD_ERR_VALIDATE]
  lists: {k: []}
  ^
${folder}/bad-rules.yaml:3:14: error: unknown field proc.nmae; did you mean proc.name? [LOAD_ERR_UNKNOWN_FILTER]
    condition: proc.nmae = x
               ^
error: cannot read ${folder}/none: it does not exist [LOAD_ERR_FILE_READ]
`
    )
    assert.deepEqual([exitCode, stdout], [78, ''])
  })

  test('a rule or an output field that is not there is wrong in an expectation', () => {
    const wrong = write('names.yaml', one('{}', '[S, RR, {rule: R, fields: {proc.nmae: x}}]', `rules: [${other}]`))
    const { exitCode, stderr } = rules(['test', wrong])
    assert.match(stderr, /:5:12: error: unknown rule S; did you mean R\? \[LOAD_ERR_VALIDATE\]\n/)
    assert.match(stderr, /:5:15: error: unknown rule RR; did you mean R\?/)
    assert.match(stderr, /:5:38: error: the output of R has no field proc\.nmae; did you mean proc\.name\?/)
    assert.equal(exitCode, 78)
  })

  test('a test file must name rules, unless --rules does', () => {
    const { exitCode, stderr } = rules(['test', write('no-rules.yaml', one('{}', 'none', 'lists: {}'))])
    assert.match(
      stderr,
      /no-rules\.yaml:1:1: error: expected a list of rule files for rules, or rule files behind --rules/
    )
    assert.equal(exitCode, 78)
  })

  const broken: readonly [what: string, path: string, message: RegExp][] = [
    ['a folder', folder, /^error: cannot read .*: it is a directory/m],
    ['an empty file', write('empty.yaml', ''), /empty\.yaml:1:1: error: expected a map with the keys rules and tests/],
    [
      'bytes that are not UTF-8',
      write('latin.yaml', Buffer.from('# \xff', 'latin1')),
      /latin\.yaml:1:3: error: expected UTF-8 text/
    ]
  ]
  for (const [what, path, message] of broken) {
    test(`refuses ${what}`, () => {
      const { exitCode, stdout, stderr } = rules(['test', path])
      assert.match(stderr, message)
      assert.deepEqual([exitCode, stdout], [78, ''])
    })
  }

  test('reads files with carriage returns', () => {
    const path = write('crlf.yaml', one('{evt.type: open, proc.name: a}', '[R]').replaceAll('\n', '\r\n'))
    assert.equal(rules(['test', path]).exitCode, 0)
  })

  test('prints nothing that steers a terminal, whatever names and alerts hold', () => {
    const hostile = '"\\e[2J\\u202e"'
    const text = `rules: [${other}]\ntests:\n- name: ${hostile}\n  event: {evt.type: openat, proc.name: ${hostile}}\n  alerts: none\n`
    const { exitCode, stdout } = rules(['test', write('hostile.yaml', text)])
    assert.match(stdout, /FAILED {2}\\x1b\[2J\\u202e /)
    assert.match(stdout, /^ +\\x1b\[2J\\x1b\[2J\\u202e$/m)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\u202e]/)
    assert.equal(exitCode, 1)
  })

  test('no file is wrong usage', () => {
    assert.equal(rules(['test']).exitCode, 64)
  })
})
