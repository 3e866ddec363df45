import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { tercel } from '../tercel.ts'
import { rules, ruleText, workspace } from './support.ts'

const { write } = workspace()
const many = 'evt.type in (open, openat, openat2, connect, bind)'
const file = write(
  'mine.yaml',
  [
    ruleText({ rule: 'Open it', tags: '[file, host]' }),
    ruleText({ rule: 'Many [calls]', condition: many, priority: 'CRITICAL', tags: '[a, b, c, d, file]' }),
    ruleText({ rule: 'Any', condition: 'proc.name = sh', warn_evttypes: 'false', enabled: 'false' }),
    ruleText({ rule: 'Lost', source: 'internal', condition: 'evt.type = drop', priority: 'Info' })
  ].join('')
)

interface RuleJson {
  readonly rule: string
  readonly file: string
}

function list(...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = rules(['list', ...args])
  assert.deepEqual([exitCode, stderr], [0, ''])
  return stdout
}

const parse = (text: string) => JSON.parse(text) as readonly RuleJson[]
const names = (...args: readonly string[]) => parse(list(...args, '--json')).map(({ rule }) => rule)

describe('tercel rules list', () => {
  test('prints a line for each rule of the files, and marks those that are disabled', () => {
    const expected = [
      ['  RULE        ', 'PRIORITY     ', 'SOURCE  ', 'EVENT TYPES                   ', 'TAGS              ', 'FILE'],
      ['  Open it     ', 'Notice       ', 'syscall ', 'open                          ', 'file, host        ', file],
      ['  Many [calls]', 'Critical     ', 'syscall ', 'bind, connect, open and 2 more', 'a, b, c and 2 more', file],
      ['- Any         ', 'Notice       ', 'syscall ', 'every type                    ', '                  ', file],
      ['  Lost        ', 'Informational', 'internal', 'drop                          ', '                  ', file],
      ['4 rules (- before a name: 1 rule disabled)\n']
    ]
    assert.equal(list(file), expected.map(cells => cells.join('  ')).join('\n'))
  })

  test('gives the same as JSON', () => {
    assert.deepEqual(parse(list(file, '--json'))[1], {
      rule: 'Many [calls]',
      priority: 'Critical',
      source: 'syscall',
      enabled: true,
      tags: ['a', 'b', 'c', 'd', 'file'],
      eventTypes: ['bind', 'connect', 'open', 'openat', 'openat2'],
      fields: ['evt.type'],
      file,
      description: 'd'
    })
    const any = parse(list(file, '--json'))[2] as RuleJson & { eventTypes: unknown; enabled: boolean }
    assert.deepEqual([any.eventTypes, any.enabled], [null, false])
    assert.equal(list(write('none.yaml', ''), '--json'), '[]\n')
  })

  test('lists the rules of the configuration, and those about tercel itself, where no file is named', () => {
    const all = parse(list('--config', 'config/tercel.yaml', '--json'))
    assert.equal(all.length, 9)
    assert.match(all[0]!.file, /internal_rules\.yaml$/)
    assert.match(list('--config', 'config/tercel.yaml'), /^Terminal shell in container .* rules\/tercel_rules\.yaml$/m)
    const config = write('config.yaml', 'rules: {files: [mine.yaml]}\noutputs: [{type: stdout}]\n')
    assert.equal(names('--config', config).length, 8)
  })

  test('takes files also behind an option', () => {
    assert.deepEqual(names('--rules', file), names(file))
  })

  const filters: readonly [args: string[], expected: string[]][] = [
    [['--rule', 'Many [calls]'], ['Many [calls]']],
    [
      ['--rule', '*n*'],
      ['Open it', 'Many [calls]', 'Any']
    ],
    [['--rule', 'none'], []],
    [
      ['--tag', 'file'],
      ['Open it', 'Many [calls]']
    ],
    [['--tag', 'file', '--tag', 'host'], ['Open it']],
    [
      ['--priority', 'notice'],
      ['Open it', 'Many [calls]', 'Any']
    ],
    [['--priority', 'ERROR'], ['Many [calls]']],
    [['--source', 'internal'], ['Lost']],
    [
      ['--event-type', 'connect'],
      ['Many [calls]', 'Any']
    ],
    [
      ['--event-type', 'drop'],
      ['Any', 'Lost']
    ],
    [['--event-type', 'gap'], []],
    [
      ['--enabled', '--source', 'syscall'],
      ['Open it', 'Many [calls]']
    ],
    [['--disabled'], ['Any']]
  ]
  for (const [args, expected] of filters) {
    test(`with ${args.join(' ')} lists ${expected.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(names(file, ...args), expected)
    })
  }

  test('says so when no rule is left', () => {
    assert.equal(list(file, '--tag', 'x'), 'no rules\n')
  })

  test('shows the problems of rules that do not load, with the line', () => {
    const bad = write('bad.yaml', ruleText({ condition: 'proc.nmae = x' }))
    const { exitCode, stdout, stderr } = rules(['list', bad])
    assert.match(
      stderr,
      /bad\.yaml:3:14: error: unknown field proc\.nmae; .*\n {4}condition: proc\.nmae = x\n {15}\^\n$/
    )
    assert.deepEqual([exitCode, stdout], [78, ''])
  })

  test('hides the secrets of the configuration', () => {
    write(
      'list.yaml',
      `- list: l\n  items: [x]\n${ruleText({ condition: 'proc.name in (l)', warn_evttypes: 'false' })}`
    )
    const config = write(
      'secret.yaml',
      'rules: {files: [list.yaml], lists: {l: ["${env:TOKEN}"]}}\noutputs: [{type: stdout}]\n'
    )
    for (const json of [[], ['--json']]) {
      const run = tercel(['rules', 'explain', 'R', '--config', config, ...json], { TOKEN: 'hunter2' })
      assert.match(run.stdout, /proc\.name in \(\*\*\*\)/)
    }
  })

  const misuse: readonly [args: string[], message: RegExp][] = [
    [['--priority', 'erorr'], /unknown priority erorr; did you mean error\?/],
    [['--priority', 'loud'], /unknown priority loud; expected one of Emergency, .*, Debug/],
    [['--source', 'sysclal'], /unknown source sysclal; did you mean syscall\?/],
    [['--event-type', 'opnat'], /unknown event type opnat; did you mean openat\?/],
    [['--enabled', '--disabled'], /'--enabled' cannot be used with option '--disabled'/],
    [['--rules', file], /either with '--rules' or without it/]
  ]
  for (const [args, message] of misuse) {
    test(`${args.join(' ')} is wrong usage`, () => {
      const { exitCode, stdout, stderr } = rules(['list', file, ...args])
      assert.match(stderr, message)
      assert.deepEqual([exitCode, stdout], [64, ''])
    })
  }
})
