import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { tercel } from './tercel.ts'

const directory = mkdtempSync(join(tmpdir(), 'tercel-validate-'))
after(() => rmSync(directory, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

test('the shipped configuration and rules are valid', () => {
  const { exitCode, stdout, stderr } = tercel(['validate', '--config', 'config/tercel.yaml'])
  assert.match(stdout, /^config\/tercel\.yaml: ok \(\d+ rules, 1 output\)\n$/)
  assert.deepEqual([exitCode, stderr], [0, ''])
})

test('every problem of a configuration is printed with its place, without a stack trace', () => {
  const file = write('bad.yaml', 'outputs:\n  - type: stdut\nlogg: {}\n')
  const { exitCode, stdout, stderr } = tercel(['validate', '--config', file])
  const lines = stderr.trimEnd().split('\n')
  assert.equal(lines[0], `tercel: ${file} has 2 problems`)
  assert.match(lines[1]!, /bad\.yaml:2:11: outputs\[0\]\.type: unknown output stdut: .*did you mean stdout\?$/)
  assert.match(lines[2]!, /bad\.yaml:3:1: unknown key logg: .*did you mean log\?$/)
  assert.deepEqual([exitCode, stdout, lines.length], [78, '', 3])
})

test('a problem in a rule file is printed with its place', () => {
  const rules = write(
    'rules.yaml',
    '- rule: r\n  desc: d\n  condition: proc.nmae = x\n  output: o\n  priority: WARNING\n'
  )
  const file = write('rules-config.yaml', 'rules: { files: [rules.yaml] }\noutputs: [{ type: stdout }]\n')
  const { exitCode, stdout, stderr } = tercel(['validate', '--config', file])
  assert.match(stderr, new RegExp(`${rules}:3:\\d+: .*proc\\.nmae.*did you mean proc\\.name\\?`))
  assert.doesNotMatch(stderr, /^\s+at /m)
  assert.deepEqual([exitCode, stdout], [78, ''])
})

test('what append_output adds is checked, and named by its place in the configuration', () => {
  const file = write(
    'append.yaml',
    'rules:\n  append_output:\n    - extra_output: user=%user.nmae\n    - extra_fields: ["proc.nmae", { x: "%proc.name" }]\noutputs: [{ type: stdout }]\n'
  )
  const { exitCode, stdout, stderr } = tercel(['validate', '--config', file])
  assert.match(stderr, /append\.yaml:3:21: .*unknown field user\.nmae; did you mean user\.name\?/)
  assert.match(stderr, /append\.yaml:4:22: .*unknown field proc\.nmae; did you mean proc\.name\?/)
  assert.deepEqual([exitCode, stdout], [78, ''])
})

test('a switch that fits no rule is warned of by its place in the configuration', () => {
  const text = 'rules:\n  switches:\n    - disable: { tag: contaner }\noutputs: [{ type: stdout }]\n'
  const { exitCode, stdout, stderr } = tercel(['validate', '--config', write('switch.yaml', text)])
  assert.match(stderr, /switch\.yaml:3:7: .*no tag contaner to disable; did you mean container\?/)
  assert.match(stdout, /: ok \(/)
  assert.equal(exitCode, 0)
})

test('a file that does not exist is said in one line', () => {
  const { exitCode, stderr } = tercel(['validate', '--config', '/nowhere.yaml'])
  assert.deepEqual([exitCode, stderr], [78, 'tercel: cannot read /nowhere.yaml: it does not exist\n'])
})

test('a secret does not appear', () => {
  const file = write('secret.yaml', 'outputs:\n  - type: stdout\n    format: ${env:TOKEN}\n')
  const { exitCode, stdout, stderr } = tercel(['validate', '--config', file], { TOKEN: 'hunter2' })
  assert.match(stderr, /:3:13: outputs\[0\]\.format: expected one of .*, not the value of \$\{env:TOKEN\}$/m)
  assert.doesNotMatch(stdout + stderr, /hunter2/)
  assert.equal(exitCode, 78)
})

test('what decides which alerts an output gets is checked too, and a field that no rule prints is warned of', () => {
  const when = (condition: string) => `outputs:\n  - type: stdout\n    when: ${condition}\n`
  const bad = tercel(['validate', '--config', write('when.yaml', when('alert.priorty >= warning'))])
  assert.match(bad.stderr, /when\.yaml:3:11: outputs\[0\]\.when: unknown field alert\.priorty; did you mean/)
  assert.deepEqual([bad.exitCode, bad.stdout], [78, ''])
  const good = tercel([
    'validate',
    '--config',
    write('when.yaml', when('alert.priority >= warning and proc.aname[9] = sh'))
  ])
  assert.match(good.stderr, /when\.yaml:3:11: warning: outputs\[0\]\.when: no rule prints proc\.aname\[9\]/)
  assert.match(good.stdout, /: ok \(/)
  assert.equal(good.exitCode, 0)
})
