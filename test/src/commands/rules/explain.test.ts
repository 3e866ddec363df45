import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rules, ruleText, workspace } from './support.ts'

const { write } = workspace()
const file = write(
  'mine.yaml',
  `- list: shells
  items: [sh, bash, "my shell"]
- macro: started
  condition: (evt.type in (execve, execveat))
${ruleText({
  rule: 'Shell',
  desc: 'What it is for.',
  condition: 'started and proc.name in (shells) and (proc.pname exists or proc.aname[2] = init)',
  output: '"a shell: %proc.name %10proc.env[Ü] 100%% ü"',
  tags: '[a, b]'
})}  exceptions:
    - name: known
      fields: [proc.exepath, proc.cmdline]
      comps: [=, contains]
      values:
        - [/bin/sh, "a b"]
${ruleText({ rule: 'Any', desc: '"d\\e[2J"', condition: 'proc.name = sh', enabled: 'false', warn_evttypes: 'false' })}`
)

function explain(...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = rules(['explain', ...args])
  assert.deepEqual([exitCode, stderr], [0, ''])
  return stdout
}

describe('tercel rules explain', () => {
  test('shows a rule with lists, macros and exceptions in their places', () => {
    assert.equal(
      explain('Shell', file),
      `Shell
What it is for.

priority      Notice
source        syscall
enabled       yes
tags          a, b
event types   execve, execveat
fields        evt.type, proc.name, proc.pname, proc.aname[2], proc.exepath, proc.cmdline
defined at    ${file}:5

output
  a shell: %proc.name %10proc.env[Ü] 100%% ü

condition
  (
    evt.type in (execve, execveat)
    and proc.name in (sh, bash, "my shell")
    and (proc.pname exists or proc.aname[2] = init)
  )
  and not (proc.exepath = /bin/sh and proc.cmdline contains "a b")
`
    )
  })

  test('keeps the names of macros if asked', () => {
    const condition = explain('Shell', file, '--macros').split('condition\n')[1]!
    assert.match(condition, /^ {2}\(started and proc\.name in \(sh, bash, "my shell"\) and /)
  })

  test('says when a rule is disabled and waits for every type, and prints nothing that steers a terminal', () => {
    const text = explain('Any', '--rules', file)
    assert.match(text, /^Any\nd\\x1b\[2J\n/)
    assert.match(text, /^enabled {7}no\ntags {10}none\nevent types {3}every type\nfields {8}proc\.name$/m)
  })

  test('gives the same as JSON', () => {
    assert.deepEqual(JSON.parse(explain('Shell', file, '--json', '--macros')), {
      rule: 'Shell',
      priority: 'Notice',
      source: 'syscall',
      enabled: true,
      tags: ['a', 'b'],
      eventTypes: ['execve', 'execveat'],
      fields: ['evt.type', 'proc.name', 'proc.pname', 'proc.aname[2]', 'proc.exepath', 'proc.cmdline'],
      file,
      description: 'What it is for.',
      output: 'a shell: %proc.name %10proc.env[Ü] 100%% ü',
      outputFields: {},
      condition: [
        '(started and proc.name in (sh, bash, "my shell") and (proc.pname exists or proc.aname[2] = init))',
        'and not (proc.exepath = /bin/sh and proc.cmdline contains "a b")'
      ].join('\n')
    })
  })

  test('the condition that it prints means the same', () => {
    const { condition } = JSON.parse(explain('Shell', file, '--json')) as { condition: string }
    const events = write(
      'events.jsonl',
      [
        { 'evt.type': 'execve', 'proc.name': 'my shell', 'proc.pname': 'x' },
        { 'evt.type': 'execve', 'proc.name': 'sh' },
        {
          'evt.type': 'execve',
          'proc.name': 'sh',
          'proc.pname': 'x',
          'proc.exepath': '/bin/sh',
          'proc.cmdline': 'xa b'
        }
      ]
        .map(fields => JSON.stringify({ fields }))
        .join('\n')
    )
    const { stdout } = rules(['eval', '--condition', condition, '--event', events])
    assert.equal(stdout, 'true\nfalse\nfalse\n')
  })

  test('explains the rules of the configuration where no file is named', () => {
    const text = explain('Terminal shell in container', '--config', 'config/tercel.yaml')
    assert.match(text, /^defined at {4}rules\/tercel_rules\.yaml:\d+$/m)
  })

  test('tells the nearest name of a rule that is not there', () => {
    const { exitCode, stdout, stderr } = rules(['explain', 'Shel', file])
    assert.equal(stderr, 'tercel: no rule has the name Shel; did you mean Shell?\n')
    assert.deepEqual([exitCode, stdout], [78, ''])
  })

  test('no rule is wrong usage', () => {
    assert.equal(rules(['explain']).exitCode, 64)
  })
})
