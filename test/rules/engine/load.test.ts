import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatProblem, type TercelError } from '../../../base/errors.ts'
import { loadRuleFiles, parseRuleFiles } from '../../../rules/engine/load.ts'
import { engineOf, problemsOf, ruleFile, sampleCall, sampleProcess, warningsOf } from '../support.ts'

/** A rule that is right but for what a case changes; its condition stands in line 4. */
function rule(lines: Record<string, string>): string {
  const members = { rule: 'R', desc: 'd', priority: 'INFO', condition: 'evt.type = open', output: 'o', ...lines }
  const text = Object.entries(members).map(([key, value]) => `${key}: ${value}`)
  return `- ${text.join('\n  ')}\n`
}

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
    ['4:35: expected bytes as hexadecimal digits, found xyz']
  ],
  [
    'a regular expression',
    rule({ condition: 'proc.name regex a.*' }),
    ['4:24: the operator regex is not supported yet']
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
  ['a mistyped source', rule({ source: 'sycall' }), ['1:9: unknown source sycall of rule R; did you mean syscall?']],
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
    `- list: l\n  items: ['"a" b']\n`,
    ['2:15: the item goes on after its closing quote']
  ],
  ['a duplicate key', rule({}).replace('  desc', '  rule: S\n  desc'), ['2:3: YAML: Map keys must be unique']],
  ['a mistyped key', rule({ tagss: '[a]' }), ['6:3: unknown key tagss of a rule; did you mean tags?']],
  ['a mistyped item', '- rul: R\n', ['1:3: unknown item rul; did you mean rule?']],
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
    'a name that no condition can use',
    '- macro: my-macro\n  condition: evt.num = 0\n',
    ['1:10: a macro cannot have this name: expected letters, digits and _']
  ],
  [
    'a macro defined later',
    '- macro: a\n  condition: b\n- macro: b\n  condition: evt.num = 0\n',
    ['2:14: the macro b is defined only after this one']
  ],
  ['append', rule({ append: 'true' }), ['6:3: append is not supported yet']],
  [
    'override',
    `${rule({})}- macro: m\n  condition: evt.num = 0\n  override: {condition: append}\n`,
    ['8:3: override is not supported yet']
  ],
  ['exceptions', rule({ exceptions: '[{name: e}]' }), ['6:3: exceptions is not supported yet']],
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
    ['6:26: l is a list of 2 items; expected one value, or in (l)']
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

/** The same condition in every style of YAML; the mistyped field is where `proc.nmae` stands. */
const styles: [style: string, condition: string][] = [
  ['plain', 'condition: evt.type = open and proc.nmae = x'],
  ['plain over lines', 'condition: evt.type = open\n    and\n\n      (proc.nmae = x)'],
  ['single quotes', `condition: 'evt.type = ''open'' and proc.nmae = x'`],
  ['single quotes over lines', `condition: 'evt.type = ''open''\n    and proc.nmae = x'`],
  ['double quotes', 'condition: "evt.type = \\"open\\" and \\x70roc.name != \\"\\U0001F985\\" and\\tproc.nmae = x"'],
  ['double quotes over lines', 'condition: "evt.type = open \\\n    and\n    proc.nmae = x"'],
  ['folded', 'condition: >\n    evt.type = open\n    and (proc.name = a\n      or proc.nmae = x)\n'],
  ['folded and stripped, with a comment', 'condition: >- # why\n    evt.type = open\n\n    and proc.nmae = x\n\n\n'],
  ['literal', 'condition: |\n    evt.type = open\n    and proc.nmae = x\n'],
  ['literal with an indentation of its own', 'condition: |2+\n      evt.type = open\n    and proc.nmae = x\n\n'],
  ['behind an anchor and a tag', 'condition: !!str &c\n    evt.type = open and proc.nmae = x'],
  ['with line ends of Windows', 'condition: >\r\n    evt.type = open\r\n    and proc.nmae = x\r\n']
]

for (const [style, condition] of styles) {
  test(`an error in a condition in the style "${style}" is reported at its line and column`, () => {
    const text = `- rule: R\n  desc: d\n  output: o\n  priority: INFO\n  ${condition}\n`
    const before = text.slice(0, text.indexOf('proc.nmae'))
    const place = `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`
    assert.deepEqual(problemsOf(text), [`${place}: unknown field proc.nmae; did you mean proc.name?`])
  })
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
      assert.match(missing!, /missing\.yaml: the file cannot be read: ENOENT/)
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

test('a macro that is wrong is reported once, however many rules use it', () => {
  const text = `- macro: m\n  condition: proc.nmae = x\n${rule({ condition: 'm' })}${rule({ rule: 'S', condition: 'not m' })}`
  assert.deepEqual(problemsOf(text), ['2:14: unknown field proc.nmae; did you mean proc.name?'])
})

test('a macro that cannot be read spoils no rule that uses it', () => {
  const text = `- macro: m\n  condition: and\n${rule({ condition: 'm' })}`
  assert.deepEqual(problemsOf(text), ['2:14: expected a field, a macro, not or (, found and'])
})

const warned: [what: string, text: string, warnings: string[]][] = [
  [
    'a macro and a list that nothing uses',
    `- macro: m\n  condition: evt.num = 0\n- list: l\n  items: []\n${rule({})}`,
    ['3:9: the list l is not used', '1:10: the macro m is not used']
  ],
  ['an unknown key', rule({ author: 'me' }), ['6:3: unknown key author of a rule']],
  [
    'an unknown item',
    '- something_else: 1\n',
    ['1:3: unknown item: it has none of the keys rule, macro, list, required_engine_version, required_plugin_versions']
  ],
  ['a key that changes nothing', rule({ capture: 'true' }), ['6:3: capture is not supported yet']],
  [
    'a rule that admits every event',
    rule({ condition: 'proc.name = x' }),
    ['1:9: the rule R admits every event type, which is slow; add a test of evt.type']
  ],
  [
    'a rule of a source that is not here',
    rule({ source: 'k8s_audit', condition: 'ka.verb = get' }),
    ['1:9: unknown source k8s_audit of rule R: the rule is skipped']
  ],
  [
    'a field that no sensor delivers, once for all rules',
    `${rule({ condition: 'evt.type = open and container.name = x and container.name != y' })}${rule({ rule: 'S', condition: 'evt.type = open and not container.name = x' })}`,
    ['4:34: no sensor delivers container.name yet: it is missing in every event (R, S)']
  ]
]

for (const [what, text, warnings] of warned) {
  test(`${what} gives a warning`, () => assert.deepEqual(warningsOf(text), warnings))
}

const quiet: [what: string, text: string][] = [
  ['an empty file', ''],
  ['a file of comments and empty documents', '# nothing\n---\n---\n[]\n'],
  ['keys that are not in use', rule({ append: 'false', exceptions: '[]', override: '{}', capture: 'false' })],
  ['a rule that says it knows what it costs', rule({ condition: 'proc.name = x', warn_evttypes: 'false' })],
  ['a disabled rule with fields that no sensor delivers', rule({ condition: 'container.name = x', enabled: 'false' })],
  ['priorities in any case, and Info', rule({ priority: 'info' }) + rule({ rule: 'S', priority: 'cRiTiCaL' })],
  [
    'versions that are old enough',
    '- required_engine_version: 57\n- required_engine_version: 0.57.0-rc1\n- required_plugin_versions: [{name: container, version: 0.4.0}]\n'
  ]
]

for (const [what, text] of quiet) {
  test(`${what} gives neither problems nor warnings`, () => assert.deepEqual(warningsOf(text), []))
}

/** Whether the rules of these files match a process of this name. */
function matches(name: string, files: string[], lists: Record<string, string[]> = {}): boolean {
  const ruleset = parseRuleFiles(
    files.map((text, index) => ({ path: `${index}.yaml`, text })),
    { lists }
  )
  const event = sampleCall({ type: 'open', process: sampleProcess({ name }) })
  const context = { hostname: 'h', eventNumber: 1, names: { user: () => undefined, group: () => undefined } }
  return ruleset.select('syscall', 'open').some(each => each.matches(event, context))
}

const listed = (condition: string, ...lists: string[]) =>
  `${lists.map(list => `- list: ${list.split(' ')[0]}\n  items: [${list.slice(list.indexOf(' ') + 1)}]\n`).join('')}${rule({ condition })}`

test('lists are substituted, lists in lists as well', () => {
  const text = listed('proc.name in (x, inner, outer)', 'inner a, b', 'outer inner, c')
  for (const name of ['x', 'a', 'b', 'c']) assert.ok(matches(name, [text]), name)
  assert.ok(!matches('inner', [text]))
})

test('an empty list takes its comma with it', () => {
  for (const items of ['empty, a', 'a, empty', 'a, empty, b', 'empty, empty, a']) {
    const text = listed(`proc.name in (${items})`, 'empty ')
    assert.ok(matches('a', [text]), items)
    assert.ok(!matches('empty', [text]), items)
  }
  assert.ok(!matches('a', [listed('proc.name in (empty)', 'empty ')]))
})

test('a list names only lists that are defined before it; other words are items', () => {
  const text = listed('proc.name in (first)', 'first second', 'second a')
  assert.ok(matches('second', [text]))
  assert.ok(!matches('a', [text]))
})

test('items are taken as they are: with blanks, in quotes, as numbers and truth values', () => {
  const text = listed('proc.name in (l)', `l a b, '"c d"', 080, true, "'e'", (x), ~`)
  for (const name of ['a b', 'c d', '080', 'true', 'e', '(x)', '~']) assert.ok(matches(name, [text]), name)
})

test('a word in quotes never names a list', () => {
  const text = listed('proc.name in ("l")', 'l a')
  assert.ok(matches('l', [text]))
  assert.ok(!matches('a', [text]))
})

test('a list of one item may stand for a value', () => {
  assert.ok(matches('a', [listed('proc.name = l', 'l a')]))
})

test('a later file replaces a list for all that use it', () => {
  const base = listed('proc.name in (outer)', 'inner a', 'outer inner')
  assert.ok(matches('z', [base, '- list: inner\n  items: [z]\n']))
  assert.ok(!matches('a', [base, '- list: inner\n  items: [z]\n']))
})

test('a later document replaces a macro for all that use it, and the macro may use what came meanwhile', () => {
  const base = `- macro: inner\n  condition: evt.num = 0\n- macro: outer\n  condition: inner\n${rule({ condition: 'outer' })}`
  const later = `---\n- macro: extra\n  condition: proc.name = z\n- macro: inner\n  condition: extra\n`
  assert.ok(!matches('z', [base]))
  assert.ok(matches('z', [base + later]))
})

test('macros and lists that go round in circles through redefinitions are errors', () => {
  const macros = `- macro: a\n  condition: evt.num = 0\n- macro: b\n  condition: a\n- macro: a\n  condition: b\n`
  assert.deepEqual(problemsOf(macros), ['4:14: the macro a uses itself', '6:14: the macro b uses itself'])
  const lists = `- list: a\n  items: []\n- list: b\n  items: [a]\n- list: a\n  items: [b]\n${rule({ condition: 'proc.name in (a)' })}`
  assert.match(problemsOf(lists).join('\n'), /^4:11: the list a contains itself$/)
})

test('macros that double at each step are stopped', () => {
  const macros = Array.from({ length: 40 }, (_, index) => {
    const condition = index === 0 ? 'evt.num = 1' : `m${index - 1} or m${index - 1}`
    return `- macro: m${index}\n  condition: ${condition}\n`
  })
  assert.match(problemsOf(macros.join(''))[0]!, /grows to more than 100000 tests/)
})

test('lists that double at each step are stopped', () => {
  const lists = Array.from(
    { length: 40 },
    (_, index) => `- list: l${index}\n  items: [${index === 0 ? 'a' : `l${index - 1}, l${index - 1}`}]\n`
  )
  assert.match(
    problemsOf(lists.join('') + rule({ condition: 'proc.name in (l39)' }))[0]!,
    /has more than 1000000 items/
  )
})

test('long chains of macros and lists are stopped or work, and exhaust no stack', () => {
  const count = 20_000
  const macros = Array.from(
    { length: count },
    (_, index) => `- macro: m${index}\n  condition: ${index === 0 ? 'evt.num = 1' : `not m${index - 1}`}\n`
  )
  assert.match(problemsOf(macros.join(''))[0]!, /nested too deep/)
  const backwards = Array.from({ length: 2000 }, (_, index) => `- macro: b${index}\n  condition: evt.num = 1\n`)
  const redefined = Array.from({ length: 1999 }, (_, index) => `- macro: b${index}\n  condition: b${index + 1}\n`)
  assert.match(problemsOf([...backwards, ...redefined].join(''))[0]!, /nested too deep/)
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

test('a rule can be switched off and on by its name', () => {
  assert.ok(!matches('x', [rule({}), '- rule: R\n  enabled: false\n']))
  assert.ok(matches('x', [rule({ enabled: 'false' }), '- rule: R\n  enabled: true\n']))
})

test('the configuration can replace the items of a list', () => {
  const text = listed('proc.name in (l)', 'l a, b')
  assert.ok(matches('it is "z"', [text], { l: ['it is "z"'] }))
  assert.ok(!matches('a', [text], { l: [] }))
  assert.deepEqual(problemsOf(text, { ll: [] }), ['unknown list ll; did you mean l?'])
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
