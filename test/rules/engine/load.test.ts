import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatProblem, type TercelError } from '../../../base/errors.ts'
import { checkRuleFiles, loadRuleFiles, parseRuleFiles } from '../../../rules/engine/load.ts'
import type { Rule } from '../../../rules/engine/ruleset.ts'
import { engineOf, problemsOf, rule, ruleFile } from '../support.ts'

const wrong: [what: string, text: string, problems: string[]][] = [
  [
    'a syntax error',
    rule({ condition: 'evt.type = open andd x' }),
    ['4:30: expected and, or or the end of the condition, found andd']
  ],
  [
    'an unknown field',
    rule({ condition: 'evt.type = open and proc.nmae = x' }),
    ['4:34: unknown field proc.nmae; did you mean proc.name?']
  ],
  [
    'an unknown macro',
    `- macro: in_container\n  condition: container.id != host\n${rule({ condition: 'in_contaner' })}`,
    ['6:14: unknown macro in_contaner; did you mean in_container?']
  ],
  [
    'an unknown event type',
    rule({ condition: 'evt.type in (open, opennat)' }),
    ['4:33: unknown event type opennat; did you mean openat?']
  ],
  [
    'an unknown event type, whatever the operator',
    rule({ condition: 'evt.type startswith opn' }),
    ['4:34: unknown event type opn; did you mean open?']
  ],
  [
    'a word for a number',
    rule({ condition: 'fd.num >= two' }),
    ['4:24: expected a whole number for fd.num, found two']
  ],
  ['a fraction', rule({ condition: 'fd.num = 1.5' }), ['4:23: expected a whole number for fd.num, found 1.5']],
  [
    'a number out of range',
    rule({ condition: 'fd.sport = 65536' }),
    ['4:25: expected a number from 0 to 65535 for fd.sport, found 65536']
  ],
  [
    'a negative user id',
    rule({ condition: 'user.uid = -1' }),
    ['4:25: expected a number from 0 to 4294967295 for user.uid, found -1']
  ],
  [
    'a wrong truth value',
    rule({ condition: 'evt.failed = yes' }),
    ['4:27: expected true or false for evt.failed, found yes']
  ],
  [
    'a wrong address',
    rule({ condition: 'fd.sip in (10.0.0.1, 10.0.0.256)' }),
    ['4:35: expected an address or a network such as 10.0.0.0/8, found 10.0.0.256']
  ],
  [
    'an operator that does not fit',
    rule({ condition: 'fd.sip contains 10' }),
    ['4:21: contains does not fit fd.sip, which is IPADDR; expected one of = == != in intersects exists']
  ],
  [
    'an operator of bytes on text',
    rule({ condition: 'proc.name bcontains 00' }),
    [
      '4:24: bcontains does not fit proc.name, which is CHARBUF; expected one of = == != < <= > >= in intersects contains startswith endswith icontains glob iglob regex pmatch exists'
    ]
  ],
  [
    'no hexadecimal digits',
    rule({ condition: 'evt.buffer bcontains xyz' }),
    ['4:35: expected bytes as hexadecimal digits, two for each, found xyz']
  ],
  [
    'a regular expression',
    rule({ condition: 'proc.name regex "(?i)a.*"' }),
    ['4:30: (?i)a.* is no regular expression: the POSIX syntax of RE2 has no groups that begin with (?']
  ],
  ['an argument too many', rule({ condition: 'proc.name[1] = x' }), ['4:14: proc.name takes no argument']],
  ['an argument too few', rule({ condition: 'evt.arg = x' }), ['4:14: evt.arg needs an argument: evt.arg[…]']],
  [
    'an index that is no number',
    rule({ condition: 'proc.aname[x] = x' }),
    ['4:14: expected a whole number between the brackets of proc.aname, found x']
  ],
  [
    'a field of another source',
    rule({ condition: 'proc.name = x', source: 'internal' }),
    ['4:14: events of source internal have no field proc.name']
  ],
  [
    'a bad priority',
    rule({ priority: 'WARNNING' }),
    [
      '3:13: unknown priority WARNNING; expected one of Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug; did you mean warning?'
    ]
  ],
  ['a bad truth value of a key', rule({ enabled: 'maybe' }), ['6:12: expected true or false for enabled, found maybe']],
  [
    'an unknown field in the output',
    rule({ output: 'x %proc.nmae y' }),
    ['5:14: unknown field proc.nmae; did you mean proc.name?']
  ],
  [
    'a lonely percent sign',
    rule({ output: '5% off' }),
    ['5:13: expected a field after %; write %% for a percent sign']
  ],
  [
    'several things in one condition',
    rule({ condition: 'proc.nmae = x or fd.num = y' }),
    ['4:14: unknown field proc.nmae; did you mean proc.name?', '4:40: expected a whole number for fd.num, found y']
  ],
  [
    'missing keys',
    '- rule: R\n  condition: evt.type = open\n',
    ['1:3: the key output is missing', '1:3: the key desc is missing', '1:3: the key priority is missing']
  ],
  ['an empty condition', rule({ condition: '' }), ['4:3: condition is empty']],
  ['a list for a condition', rule({ condition: '[a]' }), ['4:14: expected text for condition, found a list']],
  ['text for a list', '- list: l\n  items: a\n', ['2:10: expected a list for items, found text']],
  ['a map as item', '- list: l\n  items: [{a: b}]\n', ['2:11: expected text as item of items, found a map']],
  [
    'text after the quotes of an item',
    `- list: l\n  items: ['"a" b']\n${rule({ condition: 'proc.name in (l)' })}`,
    ['2:16: expected a comma or ), found b']
  ],
  ['text for an item', '- hello\n', ['1:3: expected a rule, macro or list, found text']],
  ['a map for the file', 'rule: R\n', ['1:1: expected a list of rules, macros and lists']],
  [
    'what is not YAML',
    '- rule: [a\n- b: }',
    [
      '2:1: YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      '2:6: YAML: Unexpected flow-map-end token in YAML stream: "}"'
    ]
  ],
  ['a macro that uses itself', '- macro: m\n  condition: a.b = 1 or m\n', ['2:25: the macro m uses itself']],
  [
    'a macro defined later',
    '- macro: a\n  condition: b\n- macro: b\n  condition: evt.num = 0\n',
    ['2:14: the macro b is defined only after this one']
  ],
  [
    'a language that is too new',
    '- required_engine_version: 0.99.0\n',
    ['1:28: the file needs rule language 0.99.0; this is 0.63.0']
  ],
  [
    'a version that is none',
    '- required_engine_version: new\n',
    ['1:28: expected a number such as 57 or a version such as 0.57.0']
  ],
  [
    'a switch of an unknown rule',
    `${rule({})}- rule: RR\n  enabled: false\n`,
    ['6:9: no rule RR is defined before; did you mean R?']
  ],
  [
    'a list where one value belongs',
    `- list: l\n  items: [a, b]\n${rule({ condition: 'proc.name = l' })}`,
    ['6:24: = compares with one value; a list stands after in (…)']
  ],
  [
    'a wrong item of a list, at its own place',
    `- list: l\n  items:\n    - 10.0.0.1\n    - ten\n${rule({ condition: 'fd.sip in (l)' })}`,
    ['4:7: expected an address or a network such as 10.0.0.0/8, found ten']
  ]
]

for (const [what, text, problems] of wrong) {
  test(`${what} is reported at its place`, () => assert.deepEqual(problemsOf(text), problems))
}

test('all problems of all files are reported at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tercel-rules-'))
  try {
    const paths = ['a.yaml', 'b.yaml', 'missing.yaml'].map(name => join(folder, name))
    await writeFile(paths[0]!, rule({ condition: 'proc.nmae = x' }))
    await writeFile(paths[1]!, rule({ rule: 'S', priority: 'LOUD' }))
    await assert.rejects(loadRuleFiles(paths), (error: TercelError) => {
      assert.equal(error.code, 'TERCEL_RULES')
      assert.equal(error.message, 'The rules were not loaded: 3 problems.')
      const [missing, ...others] = error.problems.map(formatProblem)
      assert.match(missing!, /^cannot read .*missing\.yaml: it does not exist$/)
      assert.equal(
        others.filter(each => /(b\.yaml:3:13: unknown priority LOUD|a\.yaml:4:14: unknown field)/.test(each)).length,
        2
      )
      return true
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a check gives warnings also where there are problems, and what only a whole ruleset can tell where there are none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tercel-rules-'))
  try {
    const path = join(folder, 'a.yaml')
    const list = '- list: l\n  items: []\n  ietms: []\n'
    const codes = async (text: string) => {
      await writeFile(path, text)
      const warningsOf = ({ name, place }: Rule) => [{ message: name, place, code: 'OWN' }]
      const { rules, problems, warnings } = await checkRuleFiles([path], { warningsOf })
      assert.ok([...problems, ...warnings].every(({ line }) => line !== undefined))
      return [rules.map(({ name }) => name), problems.map(({ code }) => code), warnings.map(({ code }) => code)]
    }
    const bad = rule({ rule: 'S', condition: 'proc.nmae = x' })
    assert.deepEqual(await codes(list + rule({}) + bad), [
      ['R'],
      ['LOAD_ERR_UNKNOWN_FILTER'],
      ['LOAD_UNKNOWN_KEY', 'OWN']
    ])
    assert.deepEqual(await codes(list + rule({})), [['R'], [], ['LOAD_UNKNOWN_KEY', 'LOAD_UNUSED_LIST', 'OWN']])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a file may have a byte order mark, and bytes that are not UTF-8, of which the first is warned of', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tercel-rules-'))
  try {
    const path = join(folder, 'a.yaml')
    const warningsOf = async (text: string, encoding: BufferEncoding) => {
      await writeFile(path, text, encoding)
      return (await loadRuleFiles([path])).warnings
    }
    assert.deepEqual(await warningsOf(`\ufeff${rule({})}`, 'utf8'), [])
    const [warning, ...others] = await warningsOf(`# ok\n# M\xfcller\n${rule({})}`, 'latin1')
    assert.deepEqual([warning?.code, others], ['LOAD_NOT_UTF8', []])
    assert.deepEqual(warning?.place, { file: path, line: 2, column: 4 })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a macro that is wrong is reported once, however many rules use it', () => {
  const text = `- macro: m\n  condition: proc.nmae = x\n${rule({ condition: 'm' })}${rule({ rule: 'S', condition: 'not m' })}`
  assert.deepEqual(problemsOf(text), ['2:14: unknown field proc.nmae; did you mean proc.name?'])
})

test('a macro that cannot be read spoils no rule that uses it', () => {
  const text = `- macro: m\n  condition: and\n${rule({ condition: 'm' })}`
  assert.deepEqual(problemsOf(text), ['2:14: expected a field, a macro, not or (, found and'])
})

test('a later rule of the same name replaces the first and keeps its place', () => {
  const text = rule({ output: 'first' }) + rule({ rule: 'S' }) + rule({ output: 'again' })
  const { rules } = parseRuleFiles([{ path: 'r.yaml', text }])
  assert.deepEqual(
    rules.map(each => each.name),
    ['R', 'S']
  )
  assert.deepEqual(rules[0]!.output.parts, ['again'])
})

test('a rule keeps what its text says', () => {
  const text = rule({ desc: '>\n    What it\n    is for.\n', tags: '[a, b]', priority: 'Alert' })
  const [each] = parseRuleFiles([{ path: 'r.yaml', text }]).rules
  const { name, description, priority, tags, source, enabled } = each!
  assert.deepEqual(
    { name, description, priority, tags, source, enabled },
    { name: 'R', description: 'What it is for.', priority: 'Alert', tags: ['a', 'b'], source: 'syscall', enabled: true }
  )
})

test('names that every object has are ordinary names', () => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    assert.match(problemsOf(rule({ condition: `x.${name} = 1` }))[0]!, /unknown field/)
    assert.match(problemsOf(ruleFile(name === '__proto__' ? 'proto' : name))[0]!, /unknown macro/)
    assert.ok(engineOf(rule({ rule: name })))
  }
  assert.match(problemsOf(rule({ condition: 'evt.type = constructor' }))[0]!, /unknown event type/)
})
