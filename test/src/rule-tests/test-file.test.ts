import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatProblem } from '../../../base/errors.ts'
import { forSeeds } from '../../rules/support.ts'
import { read } from './support.ts'

const one = (event: string, alerts = 'none') =>
  `rules: [x]\ntests:\n- name: n\n  event: ${event}\n  alerts: ${alerts}\n`
const problemsOf = (text: string) => read(text).problems.map(each => formatProblem(each).replace('t.yaml:', ''))

describe('a file of tests', () => {
  test('gives the rule files, the lists, how rules match, and the tests', () => {
    const { file, problems } = read(`rules: [a.yaml, b.yaml]
lists: {l: [a, 080, true]}
rule_matching: all
tests:
  - name: first
    event: {evt.type: open}
    alerts: [R, {rule: S, priority: info, output: "o ", output_contains: [a, b], fields: {x: null, y: [1]}, tags: []}]
`)
    assert.deepEqual(problems, [])
    assert.deepEqual(
      [file?.rules, file?.lists, file?.matching],
      [['a.yaml', 'b.yaml'], { l: ['a', '080', 'true'] }, 'all']
    )
    const [{ name, place, alerts } = assert.fail(), ...others] = file!.tests
    assert.deepEqual([name, place.line, others], ['first', 5, []])
    assert.deepEqual(
      alerts.map(({ place: _, fields, ...alert }) => ({ ...alert, fields: fields.map(({ value }) => value) })),
      [
        { rule: 'R', priority: undefined, output: undefined, outputContains: [], fields: [], tags: undefined },
        {
          rule: 'S',
          priority: 'Informational',
          output: 'o',
          outputContains: ['a', 'b'],
          fields: [null, ['1']],
          tags: []
        }
      ]
    )
  })

  test('gives events in the short form and in the long one, with values of every kind', () => {
    const eventOf = (event: string) => {
      const { file, problems } = read(one(event))
      assert.deepEqual(problems, [])
      const { source, type, fields } = file!.tests[0]!.events[0]!
      return [source, type, Object.fromEntries(fields)]
    }
    const values = 'proc.cmdline: 1.0, proc.name: null, proc.pname: "null", user.name: ~, proc.cwd: "", proc.tty: 080'
    const given = {
      'evt.type': 'open',
      'proc.cmdline': '1.0',
      'proc.name': null,
      'proc.pname': 'null',
      'user.name': null,
      'proc.cwd': '',
      'proc.tty': '080'
    }
    assert.deepEqual(eventOf(`{evt.type: open, ${values}}`), ['syscall', 'open', given])
    assert.deepEqual(eventOf(`{fields: {evt.type: open, ${values}}}`), ['syscall', 'open', given])
    assert.deepEqual(eventOf('{source: internal, evt.type: drop}'), ['internal', 'drop', { 'evt.type': 'drop' }])
    assert.deepEqual(eventOf('{source: internal, fields: {}}'), ['internal', '', {}])
    assert.deepEqual(eventOf(`{evt.arg.flags: a, 'evt.arg["name"]': b, "proc.aname[02]": c, proc.aname: [d, e]}`)[2], {
      'evt.arg[flags]': 'a',
      'evt.arg[name]': 'b',
      'proc.aname[2]': 'c',
      'proc.aname': ['d', 'e']
    })
  })

  test('may use an alias for an event', () => {
    const { file, problems } = read(
      'rules: [x]\ntests:\n- name: a\n  event: &e {evt.type: open}\n  alerts: none\n- name: b\n  events: [*e, *e]\n  alerts: []\n'
    )
    assert.deepEqual(problems, [])
    assert.deepEqual(
      file!.tests.map(({ events }) => events.map(({ type }) => type)),
      [['open'], ['open', 'open']]
    )
  })

  const wrong: readonly [what: string, text: string, problems: readonly string[]][] = [
    ['an empty file', '', ['1:1: expected a map with the keys rules and tests']],
    ['a list', '- a\n', ['1:1: expected a map with the keys rules and tests, found a list']],
    [
      'a second document',
      `${one('{}')}---\nx: y\n`,
      ['7:1: a second YAML document stands here; one file holds one set of tests']
    ],
    ['no tests', 'rules: [a]\n', ['1:1: the key tests is missing']],
    ['an empty list of tests', 'tests: []\n', ['1:1: expected at least one test']],
    ['an unknown key', `tets: []\n${one('{}')}`, ['1:1: unknown key tets of a test file; did you mean tests?']],
    ['a key that stands twice', `rules: [a]\n${one('{}')}`, ['2:1: the key rules stands twice; the first counts']],
    [
      'rules that are no list',
      'rules: a\ntests: [{name: n, event: {}, alerts: none}]',
      ['1:8: expected a list for rules, found text']
    ],
    [
      'another word for how rules match',
      `rule_matching: frist\n${one('{}')}`,
      ['1:16: expected first or all, found frist; did you mean first?']
    ],
    ['a list that is none', `lists: {l: a}\n${one('{}')}`, ['1:12: expected a list for l, found text']],
    [
      'a test that is a text',
      'tests: [a]\n',
      ['1:9: expected a test: a map with the keys name, event and alerts, found text']
    ],
    [
      'a test without anything',
      'tests: [{}]\n',
      [
        '1:9: the key name is missing',
        '1:9: the key event is missing, or events',
        '1:9: the key alerts is missing: none, or a list of the rules that raise alerts'
      ]
    ],
    [
      'both event and events',
      'tests: [{name: n, event: {}, events: [{}], alerts: none}]',
      ['1:30: event and events do not go together']
    ],
    ['no events', 'tests: [{name: n, events: [], alerts: none}]', ['1:19: expected a list of events for events']],
    ['an empty event', 'tests: [{name: n, event: , alerts: none}]', ['1:19: expected a map of fields for event']],
    ['an event that is a list', one('[a]'), ['4:10: expected an event: a map of fields, found a list']],
    ['an unknown field', one('{proc.nmae: a}'), ['4:11: unknown field proc.nmae; did you mean proc.name?']],
    [
      'a field of another source',
      one('{source: internal, proc.name: a}'),
      ['4:29: events of source internal have no field proc.name']
    ],
    ['a field without its argument', one('{evt.arg: a}'), ['4:11: evt.arg needs an argument: evt.arg[…]']],
    [
      'what is no field',
      one('{souce: a, proc.name x: b}'),
      [
        '4:11: expected a field such as proc.name as key, found souce; did you mean source?',
        '4:21: expected a field such as proc.name as key, found proc.name x; did you mean proc.name?'
      ]
    ],
    [
      'a field that stands twice',
      one('{evt.arg.a: x, "evt.arg[0]": y, "evt.arg[00]": z}'),
      ['4:42: evt.arg[0] stands twice']
    ],
    ['an unknown source', one('{source: sycall}'), ['4:19: unknown source sycall; did you mean syscall?']],
    ['an unknown event type', one('{evt.type: opne}'), ['4:21: unknown event type opne; did you mean open?']],
    ['a key beside fields', one('{fields: {}, proc.name: x}'), ['4:23: unknown key proc.name of an event with fields']],
    [
      'a value that the field cannot have',
      one('{proc.pid: x, evt.failed: 1}'),
      ['4:21: proc.pid: expected a whole number, found "x"', '4:36: evt.failed: expected true or false, found "1"']
    ],
    [
      'a list where one value belongs',
      one('{proc.name: [a, b]}'),
      ['4:22: proc.name: expected one value, found ["a","b"]']
    ],
    ['a map as value', one('{proc.name: {}}'), ['4:11: expected a text, a number, true or false, or a list of them']],
    ['alerts that are no list', one('{}', 'R'), ['5:3: expected none, or a list of the rules that raise alerts']],
    ['an alert that is a list', one('{}', '[[R]]'), ['5:3: expected the name of a rule, or a map with the key rule']],
    ['an alert without a rule', one('{}', '[{priority: info}]'), ['5:12: the key rule is missing']],
    [
      'an unknown key of an alert',
      one('{}', '[{rule: R, tag: a}]'),
      ['5:22: unknown key tag of an alert; did you mean tags?']
    ],
    [
      'an unknown priority',
      one('{}', '[{rule: R, priority: waring}]'),
      [
        '5:32: unknown priority waring; expected one of Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug; did you mean warning?'
      ]
    ],
    [
      'what is no YAML',
      'a: [',
      ['1:5: YAML: Flow sequence in block collection must be sufficiently indented and end with a ]']
    ]
  ]
  for (const [what, text, problems] of wrong) {
    test(`${what} is an error at its place`, () => assert.deepEqual(problemsOf(text), problems))
  }

  test('whatever stands in it, what is wrong has a place and nothing is thrown', () => {
    const whole = `rules: [x]\nlists: {l: [a]}\ntests:\n- name: n\n  event: {source: syscall, proc.aname: [a, b]}\n  alerts:\n  - {rule: R, fields: {a: null}}\n`
    const parts = [
      '- ',
      '[',
      ']',
      '{',
      '}',
      ': ',
      '\n',
      '  ',
      '"',
      '&a ',
      '*a',
      '~',
      'none',
      'evt.arg[',
      '!!x ',
      '---\n',
      '\0',
      'ü',
      '|\n',
      '#'
    ]
    forSeeds(400, random => {
      let text = whole
      for (let change = random.below(4); change >= 0; change--) {
        const at = random.below(text.length)
        text = text.slice(0, at) + random.pick(parts) + text.slice(at + random.below(5))
      }
      const { file, problems } = read(text)
      assert.ok(file !== undefined || problems.length > 0, text)
      for (const { place } of problems) assert.ok(place !== undefined && place.line >= 1 && place.column >= 1, text)
    })
  })
})
