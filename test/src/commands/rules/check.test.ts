import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { mainPath } from '../tercel.ts'
import { rules, ruleText, workspace } from './support.ts'

const { folder, write } = workspace()
const bad = write('bad.yaml', ruleText({ condition: 'evt.type = open and proc.nmae = x' }))
const odd = write('odd.yaml', `- list: l\n  items: [a]\n${ruleText({ rule: 'S', condition: 'evt.type = bpf' })}`)
const good = write('good.yaml', ruleText({}))
const empty = write('empty.yaml', '')

interface CheckJson {
  readonly ok: boolean
  readonly files: readonly string[]
  readonly rules: number
  readonly errors: readonly Record<string, unknown>[]
  readonly warnings: readonly Record<string, unknown>[]
}

function check(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = rules(['check', ...args])
  assert.equal(stderr, '')
  return { exitCode, stdout }
}

describe('tercel rules check', () => {
  test('says of good files how many rules they hold', () => {
    assert.deepEqual(check(good), { exitCode: 0, stdout: '1 file: 1 rule, no errors, no warnings\n' })
    assert.deepEqual(check(good, empty), { exitCode: 0, stdout: '2 files: 1 rule, no errors, no warnings\n' })
    assert.deepEqual(check('rules/tercel_rules.yaml'), {
      exitCode: 0,
      stdout: '1 file: 5 rules, no errors, no warnings\n'
    })
  })

  test('prints an error with its line and a mark under the column, on standard output', () => {
    assert.deepEqual(check(bad), {
      exitCode: 78,
      stdout: `${bad}:3:34: error: unknown field proc.nmae; did you mean proc.name? [LOAD_ERR_UNKNOWN_FILTER]
    condition: evt.type = open and proc.nmae = x
                                   ^
1 file: no rules, 1 error, no warnings
`
    })
  })

  test('prints warnings, those of calls that nobody traces among them, which are errors only if asked', () => {
    const { exitCode, stdout } = check(odd)
    assert.equal(exitCode, 0)
    assert.match(
      stdout,
      /odd\.yaml:1:9: warning: the list l is not used \[LOAD_UNUSED_LIST\]\n {2}- list: l\n {10}\^\n/
    )
    assert.match(stdout, /odd\.yaml:3:9: warning: rule S: the sensor does not trace bpf .* \[LOAD_CALL_NOT_TRACED\]\n/)
    assert.match(stdout, /\n1 file: 1 rule, no errors, 2 warnings\n$/)
    assert.deepEqual(check(odd, '--strict'), { exitCode: 78, stdout })
    assert.equal(check(good, '--strict').exitCode, 0)
  })

  test('loads the files together: a later one changes what an earlier one defines', () => {
    const change = write('change.yaml', '- rule: R\n  override: {enabled: replace}\n  enabled: false\n')
    assert.equal(check(good, change).exitCode, 0)
    assert.match(check(change, good).stdout, /change\.yaml:1:9: error: no rule R is defined before/)
  })

  test('prints what it finds in the order of files and lines', () => {
    const places = (...files: readonly string[]) =>
      [...check(...files).stdout.matchAll(/^\S*?([a-z]+\.yaml):(\d+):/gm)].map(match => `${match[1]} ${match[2]}`)
    const typo = '- list: a\n  items: []\n  ietms: []\n'
    const mixed = write(
      'mixed.yaml',
      `${typo}${ruleText({ condition: 'x.y = 1' })}- list: b\n  items: []\n  ietms: []\n`
    )
    assert.deepEqual(places(mixed, bad), ['mixed.yaml 3', 'mixed.yaml 6', 'mixed.yaml 11', 'bad.yaml 3'])
  })

  test('gives the same as JSON, with the same exit codes', () => {
    const json = (...args: readonly string[]) => {
      const { stdout, exitCode } = check(...args, '--json')
      return { exitCode, ...(JSON.parse(stdout) as CheckJson) }
    }
    assert.deepEqual(json(bad), {
      exitCode: 78,
      ok: false,
      files: [bad],
      rules: 0,
      errors: [
        {
          code: 'LOAD_ERR_UNKNOWN_FILTER',
          message: 'unknown field proc.nmae; did you mean proc.name?',
          file: bad,
          line: 3,
          column: 34,
          text: '  condition: evt.type = open and proc.nmae = x'
        }
      ],
      warnings: []
    })
    const { exitCode, ok, warnings } = json(odd)
    assert.deepEqual(
      [exitCode, ok, warnings.map(({ code }) => code)],
      [0, true, ['LOAD_UNUSED_LIST', 'LOAD_CALL_NOT_TRACED']]
    )
    assert.deepEqual(Object.keys(warnings[0]!), ['code', 'message', 'file', 'line', 'column', 'text'])
    const strict = json(odd, '--strict')
    assert.deepEqual([strict.exitCode, strict.ok], [78, false])
  })

  const unreadable: readonly [what: string, path: string, message: RegExp][] = [
    [
      'a file that is missing',
      `${folder}/none.yaml`,
      /^error: cannot read .*none\.yaml: it does not exist \[LOAD_ERR_FILE_READ\]$/m
    ],
    ['a folder', folder, /^error: cannot read .*: it is a directory \[LOAD_ERR_FILE_READ\]$/m],
    ['what is no YAML', write('no.yaml', '- rule: [\n'), /no\.yaml:\d:\d+: error: YAML: .* \[LOAD_ERR_YAML_PARSE\]$/m],
    [
      'a map',
      write('map.yaml', 'rules: []\n'),
      /map\.yaml:1:1: error: expected a list .* \[LOAD_ERR_YAML_VALIDATE\]$/m
    ],
    ['zero bytes', write('zero.yaml', Buffer.alloc(100)), /zero\.yaml:1:1: error: /]
  ]
  for (const [what, path, message] of unreadable) {
    test(`names ${what} beside the problems of the other files`, () => {
      const { exitCode, stdout } = check(path, bad)
      assert.match(stdout, message)
      assert.match(stdout, /bad\.yaml:3:34: error:/)
      assert.match(stdout, /\n2 files: no rules, 2 errors, no warnings\n$/)
      assert.equal(exitCode, 78)
    })
  }

  test('knows places in files with carriage returns, and warns of bytes that are not UTF-8', () => {
    const windows = write('crlf.yaml', ruleText({ condition: 'proc.nmae = x' }).replaceAll('\n', '\r\n'))
    assert.match(check(windows).stdout, /:3:14: error: .*\n {4}condition: proc\.nmae = x\n {15}\^\n/)
    const latin = write('latin.yaml', Buffer.from(`# M\xfcller\n${ruleText({})}`, 'latin1'))
    const { exitCode, stdout } = check(latin)
    assert.match(stdout, /latin\.yaml:1:4: warning: this is not UTF-8.* \[LOAD_NOT_UTF8\]\n {2}# M\ufffdller\n {5}\^\n/)
    assert.equal(exitCode, 0)
  })

  test('prints nothing that steers a terminal, whatever the file holds', () => {
    const hostile = '"\\e[2J\\u202e\u202e\u2028"'
    const path = write('hostile.yaml', ruleText({ rule: hostile, priority: hostile, condition: `\u202e${hostile}` }))
    for (const args of [[path], [path, '--json']]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(check(...args).stdout, /[\x00-\x09\x0b-\x1f\u202e\u2028]/)
    }
  })

  test('ends quietly when nobody reads its output any more', () => {
    const many = Array.from({ length: 3000 }, (_, index) => ruleText({ rule: `R${index}`, condition: 'proc.nmae = x' }))
    const pipe = `"$0" "$1" rules check "$2" | head -n 1`
    const args = ['-c', pipe, process.execPath, mainPath, write('many.yaml', many.join(''))]
    const { stdout, stderr } = spawnSync('sh', args, { encoding: 'utf8' })
    assert.equal(stdout.split('\n').length, 2)
    assert.doesNotMatch(stderr, /defect|EPIPE/)
  })

  for (const [name, args] of [
    ['no file', ['check']],
    ['an unknown option', ['check', good, '--fix']],
    ['an unknown command', ['chekc', good]],
    ['no command', []]
  ] as const) {
    test(`${name} is wrong usage`, () => {
      const { exitCode, stdout } = rules(args)
      assert.deepEqual([exitCode, stdout], [64, ''])
    })
  }
})
