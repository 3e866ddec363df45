import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { mainPath } from '../tercel.ts'
import { rules, workspace } from './support.ts'

const { folder, write } = workspace()

function evaluate(condition: string, lines: string, ...args: readonly string[]) {
  return rules(['eval', '--condition', condition, '--event', '-', ...args], lines)
}

const shell = '{"source": "syscall", "fields": {"evt.type": "execve", "proc.name": "sh"}}\n'

describe('tercel rules eval', () => {
  test('answers for each event of a file whether the condition holds', () => {
    const file = write('events.jsonl', `${shell}\r\n  \n{"fields": {"proc.name": "bash"}}\r\n{"fields": {}}`)
    const { exitCode, stdout, stderr } = rules(['eval', '--condition', 'proc.name = sh', '--event', file])
    assert.deepEqual([exitCode, stdout, stderr], [0, 'true\nfalse\nfalse\n', ''])
  })

  test('reads values of every kind, and numbers of 64 bits exactly', () => {
    const fields =
      '"proc.pid": 9007199254740992, "evt.rawtime": 18446744073709551615, "fd.ip": ["10.0.0.1", "10.0.0.2"]'
    const more = '"evt.is_open_read": true, "proc.name": null, "proc.cmdline": "1"'
    const line = `{"fields": {${fields}, ${more}}}\n`
    for (const [condition, expected] of [
      ['evt.rawtime = 18446744073709551615', 'true'],
      ['evt.rawtime = 18446744073709551614', 'false'],
      ['fd.ip = 10.0.0.2', 'true'],
      ['evt.is_open_read = true and not proc.name exists and proc.cmdline = 1', 'true']
    ] as const) {
      assert.equal(evaluate(condition, line).stdout, `${expected}\n`, condition)
    }
  })

  test('takes each event with its own source, and --source for those that name none', () => {
    const lines = '{"source": "internal", "fields": {"evt.type": "drop"}}\n{"fields": {"evt.type": "drop"}}\n'
    assert.equal(evaluate('evt.type = drop', lines).stdout, 'true\ntrue\n')
    const named = '{"fields": {"internal.total": 3}}\n'
    assert.equal(evaluate('internal.total = 3', named, '--source', 'internal').stdout, 'true\n')
    const { exitCode, stdout, stderr } = evaluate('internal.total = 3', named)
    assert.match(
      stderr,
      /does not compile for the source of the event at <stdin>:1\ncondition:1:1: error: events of source syscall have no field/
    )
    assert.deepEqual([exitCode, stdout], [78, ''])
  })

  for (const [what, lines] of [
    ['events', shell],
    ['no events', ''],
    ['what is no event', 'no\n']
  ] as const) {
    test(`says what is wrong with a condition where the file has ${what}`, () => {
      const { exitCode, stdout, stderr } = evaluate('proc.name = sh\nand proc.nmae = x', lines)
      assert.equal(
        stderr,
        `tercel: The condition does not compile.
condition:2:5: error: unknown field proc.nmae; did you mean proc.name? [LOAD_ERR_UNKNOWN_FILTER]
  and proc.nmae = x
      ^
`
      )
      assert.deepEqual([exitCode, stdout], [78, ''])
    })
  }

  test('a condition for another source is wrong where the file has no events', () => {
    assert.equal(evaluate('internal.total = 3', '\n').exitCode, 78)
    assert.equal(evaluate('internal.total = 3', '\n', '--source', 'internal').exitCode, 0)
  })

  const wrong: readonly [what: string, line: string, message: RegExp][] = [
    ['what is no JSON', 'sh', /<stdin>:3:1: error: expected an event such as \{.*\}, found what is no JSON: /],
    ['JSON that is cut', '{"fields":', /<stdin>:3:11: error: .* Unexpected end of JSON input\n/],
    [
      'JSON with more behind it',
      '{"fields": {}} x',
      /<stdin>:3:16: error: .* after JSON\n {2}\{"fields": \{\}\} x\n {17}\^\n/
    ],
    ['a list', '[]', /<stdin>:3:1: error: expected an event such as \{.*\}, found a list\n/],
    ['an event without fields', '{"feilds": {}}', /expected an object for fields, found nothing\n/],
    ['fields that are a list', '{"fields": []}', /expected an object for fields, found a list\n/],
    ['a source that is no text', '{"source": 3, "fields": {}}', /expected text for source, found 3\n/],
    [
      'a source that nobody knows',
      '{"source": "sycall", "fields": {}}',
      /unknown source sycall; did you mean syscall\?\n/
    ],
    ['an object as value', '{"fields": {"proc.name": {}}}', /proc\.name: expected a text, a number, true or false/],
    [
      'a value that the field cannot have',
      '{"fields": {"fd.num": "x"}}',
      /:3:1: error: fd\.num: expected a whole number, found "x"\n/
    ],
    ['what steers a terminal', '"\x1b[2J\u202e"', /Bad control character.*\n {2}"\\x1b\[2J\\u202e"\n/]
  ]
  for (const [what, line, message] of wrong) {
    test(`names the line of ${what}, and has answered the lines before`, () => {
      const { exitCode, stdout, stderr } = evaluate('fd.num = 3 or proc.name = sh', `${shell}\n${line}\n${shell}`)
      assert.match(stderr, message)
      assert.deepEqual([exitCode, stdout], [78, 'true\n'])
    })
  }

  test('names the line of bytes that are not UTF-8', () => {
    const file = write('latin.jsonl', Buffer.from(`${shell}{"fields": {"proc.name": "\xff"}}\n`, 'latin1'))
    const { exitCode, stdout, stderr } = rules(['eval', '--condition', 'proc.name = sh', '--event', file])
    assert.match(stderr, /latin\.jsonl:2:1: error: expected UTF-8 text\n/)
    assert.deepEqual([exitCode, stdout], [78, 'true\n'])
  })

  test('a file that cannot be read is named', () => {
    for (const [path, reason] of [
      [`${folder}/none.jsonl`, 'it does not exist'],
      [folder, 'it is a directory']
    ] as const) {
      const { exitCode, stdout, stderr } = rules(['eval', '--condition', 'proc.name = sh', '--event', path])
      assert.deepEqual([exitCode, stdout, stderr], [78, '', `tercel: cannot read ${path}: ${reason}\n`])
    }
  })

  test('answers an event as soon as it comes, while the pipe stays open', async () => {
    const args = ['--disable-warning=ExperimentalWarning', mainPath, 'rules', 'eval', '--condition', 'proc.name = sh']
    const child = spawn(process.execPath, [...args, '--event', '-'], { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin.write(`${shell}{"fields"`)
    assert.equal(String((await once(child.stdout, 'data'))[0]), 'true\n')
    child.stdin.end(': {}}')
    assert.equal(String((await once(child.stdout, 'data'))[0]), 'false\n')
    assert.deepEqual(await once(child, 'close'), [0, null])
  })

  test('ends quietly when nobody reads its output any more, though events go on coming', () => {
    const command = `"$0" "$1" rules eval --condition 'proc.name = sh' --event -`
    const script = `yes '{"fields": {}}' | { ${command}; echo "exit $?" >&2; } | head -n 1`
    const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, mainPath], { encoding: 'utf8' })
    assert.equal(stdout, 'false\n')
    assert.match(stderr, /^exit 0$/m)
  })

  for (const args of [
    ['--event', '-'],
    ['--condition', 'proc.name = sh'],
    ['--condition', 'proc.name = sh', '--event', '-', '--source', 'sysclal']
  ]) {
    test(`${args.join(' ')} alone is wrong usage`, () => {
      const { exitCode, stdout } = rules(['eval', ...args])
      assert.deepEqual([exitCode, stdout], [64, ''])
    })
  }
})
