import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ruleText } from '../commands/rules/support.ts'
import { run } from './support.ts'

const shell = { rule: 'Shell', condition: 'evt.type = execve and proc.name = sh', tags: '[b, a]' }
const rules = [
  ruleText({ ...shell, output: '"a shell of %user.name in %proc.cwd: %proc.aname"' }),
  ruleText({ rule: 'Program', condition: 'evt.type = execve', output: 'a program', priority: 'DEBUG' }),
  ruleText({ rule: 'Off', condition: 'evt.type = openat', enabled: 'false' }),
  ruleText({ rule: 'Drop', source: 'internal', condition: 'evt.type = drop' })
].join('')

const execve = '{evt.type: execve, proc.name: sh, user.name: root, proc.aname: [a, b]}'

function failureOf(events: string, alerts: string, matching: 'first' | 'all' = 'first'): readonly string[] {
  const [result, ...others] = run(rules, `- name: n\n  events: [${events}]\n  alerts: ${alerts}\n`, matching)
  assert.deepEqual(others, [])
  assert.ok(result!.ms >= 0)
  return result!.failure
}

describe('a test of rules', () => {
  const passing: readonly [events: string, alerts: string, matching?: 'all'][] = [
    ['{evt.type: open}', 'none'],
    [execve, '[Shell]'],
    [execve, '[Shell, Program]', 'all'],
    [`${execve}, {}, {evt.type: execve}, ${execve}`, '[Shell, Program, Shell]'],
    ['{source: internal, evt.type: drop}', '[Drop]'],
    [execve, '[{rule: Shell, priority: NOTICE, tags: [b, a]}]'],
    [execve, '[{rule: Shell, output: "a shell of root in <NA>: (a,b)"}]'],
    [execve, '[{rule: Shell, output_contains: [root, "(a,b)"]}]'],
    [execve, '[{rule: Shell, fields: {user.name: root, proc.cwd: null, proc.aname: [a, b], evt.time: 0}}]'],
    ['{evt.type: execve, proc.name: sh, user.name: "\\e[m"}', '[{rule: Shell, fields: {user.name: "\\e[m"}}]']
  ]
  for (const [events, alerts, matching] of passing) {
    test(`of ${events} passes where it expects ${alerts}`, () => {
      assert.deepEqual(failureOf(events, alerts, matching), [])
    })
  }

  const failing: readonly [what: string, events: string, alerts: string, failure: readonly string[]][] = [
    [
      'an alert that is not raised',
      '{evt.type: open}',
      '[Shell]',
      ['- Shell: expected, but not raised', 'event 1 (open) matches no rule', 'Shell is for events of type execve']
    ],
    [
      'an alert that is not expected',
      execve,
      'none',
      [
        '+ Shell: raised for event 1 (execve), but not expected',
        '    a shell of root in <NA>: (a,b)',
        'event 1 (execve) matches Shell, Program; the first alone raises an alert'
      ]
    ],
    [
      'a rule that is disabled',
      '{evt.type: openat}',
      '[Off]',
      ['- Off: expected, but not raised', 'event 1 (openat) matches no rule', 'Off is disabled']
    ],
    [
      'a rule of another source',
      '{evt.type: drop}',
      '[Drop]',
      ['- Drop: expected, but not raised', 'event 1 (drop) matches no rule', 'Drop is for events of source internal']
    ],
    [
      'another order',
      `${execve}, {evt.type: execve}`,
      '[Program, Shell]',
      [
        '- Program: expected, but not raised',
        '  Shell: raised for event 1 (execve), as expected',
        '+ Program: raised for event 2 (execve), but not expected',
        '    a program',
        'event 1 (execve) matches Shell, Program; the first alone raises an alert',
        'event 2 (execve) matches Program'
      ]
    ],
    [
      'an alert that says something else',
      execve,
      '[{rule: Shell, priority: info, output: x, output_contains: [y, shell], fields: {user.name: null, proc.cwd: /, proc.aname: [a]}, tags: [a]}]',
      [
        '~ Shell: raised for event 1 (execve), but not as expected',
        '    priority: expected  Informational',
        '              found     Notice',
        '    output: expected  x',
        '            found     a shell of root in <NA>: (a,b)',
        '    output_contains: expected  y',
        '                     found     a shell of root in <NA>: (a,b)',
        '    user.name: expected  nothing',
        '               found     root',
        '    proc.cwd: expected  /',
        '              found     nothing',
        '    proc.aname: expected  [a]',
        '                found     [a, b]',
        '    tags: expected  a',
        '          found     a, b',
        'event 1 (execve) matches Shell, Program; the first alone raises an alert'
      ]
    ],
    [
      'an event without a type',
      '{proc.name: sh}',
      '[Shell]',
      [
        '- Shell: expected, but not raised',
        'event 1 (without evt.type) matches no rule',
        'Shell is for events of type execve'
      ]
    ]
  ]
  for (const [what, events, alerts, failure] of failing) {
    test(`fails for ${what}, and says why`, () => assert.deepEqual(failureOf(events, alerts), failure))
  }

  test('is not held back by the limit of a rule', () => {
    const many = Array.from({ length: 1500 }, () => '{evt.type: execve}').join(', ')
    const names = Array.from({ length: 1500 }, () => 'Program').join(', ')
    assert.deepEqual(failureOf(many, `[${names}]`), [])
    assert.equal(failureOf(many, 'none').filter(line => line.startsWith('+')).length, 1500)
  })
})
