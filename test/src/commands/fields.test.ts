import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fieldClasses, listFields } from '../../../rules/engine/fields/registry.ts'
import { resolveData } from '../../../src/paths.ts'
import { tercel } from './tercel.ts'

const generate = 'node src/main.ts fields --markdown > docs/fields.md'

interface JsonField {
  readonly class: string
  readonly name: string
  readonly list: boolean
  readonly sources: readonly string[]
}

function list(...args: readonly string[]): string {
  const { exitCode, stdout, stderr } = tercel(['fields', ...args])
  assert.deepEqual([exitCode, stderr], [0, ''])
  return stdout
}

const parse = (text: string) => JSON.parse(text) as readonly JsonField[]

test('docs/fields.md is what the registry says', () => {
  const page = readFileSync(resolveData('docs/fields.md'), 'utf8')
  assert.ok(page === list('--markdown'), `docs/fields.md is old; make it anew: ${generate}`)
  assert.ok(page.startsWith(`<!-- Generated: ${generate} -->\n`))
})

test('fields prints a line for each field, under its class, and marks what is not filled yet', () => {
  const lines = list().split('\n')
  const line = (pattern: RegExp) => lines.filter(each => pattern.test(each)).length
  assert.equal(line(/^evt: What every event has\.$/), 1)
  assert.equal(line(/^proc \(syscall\): The process /), 1)
  assert.equal(line(/^ {2}proc\.aname\[index\] +CHARBUF {2}Name of an ancestor: /), 1)
  assert.equal(line(/^ {2}evt\.arg\[index or key\] +CHARBUF {2}One argument/), 1)
  assert.equal(line(/^- proc\.env\[key\] +CHARBUF {2}Environment/), 1)
  assert.equal(line(/^- fd\.types\[index\] +list of CHARBUF {2}Types/), 1)
  assert.equal(line(/^ {2}evt\.dir +CHARBUF {2}Always <.* Deprecated: Leave it out/), 1)
  assert.equal(line(/^- before a name: nothing delivers the field yet/), 1)
  assert.equal(line(/^[ -] [a-z0-9]+\.\S+(?: or key\])? +(?:list of )?[A-Z]/), listFields().length)
})

test('fields --json gives every field with what is known of it', () => {
  const fields = parse(list('--json'))
  assert.deepEqual(
    fields.map(({ name }) => name),
    listFields().map(({ name }) => name)
  )
  const named = (name: string) => fields.find(field => field.name === name)
  assert.deepEqual(named('proc.aname'), {
    class: 'proc',
    name: 'proc.aname',
    type: 'CHARBUF',
    list: false,
    argument: { required: false, of: 'index' },
    sources: ['syscall'],
    description: 'Name of an ancestor: [0] the process itself, [1] its parent; without an index any ancestor.',
    deprecated: null,
    filled: true
  })
  assert.deepEqual(named('fd.types'), {
    class: 'fd',
    name: 'fd.types',
    type: 'CHARBUF',
    list: true,
    argument: { required: false, of: 'index' },
    sources: ['syscall'],
    description: 'Types of all descriptors of the process, or of one of them: fd.types[0].',
    deprecated: null,
    filled: false
  })
  assert.deepEqual(named('evt.num')!.sources, ['syscall', 'internal'])
})

test('a class or a source narrows what is listed', () => {
  const classesOf = (...args: readonly string[]) => [...new Set(parse(list('--json', ...args)).map(each => each.class))]
  assert.deepEqual(classesOf('--class', 'fs.path'), ['fs.path'])
  assert.deepEqual(classesOf('--source', 'internal'), ['evt', 'internal'])
  assert.deepEqual(
    classesOf('--source', 'syscall'),
    [...new Set(fieldClasses.map(({ name }) => name))].filter(name => !['internal', 'alert'].includes(name))
  )
  assert.deepEqual(classesOf('--source', 'alert'), [...new Set(fieldClasses.map(({ name }) => name))])
  assert.deepEqual(classesOf('--source', 'internal', '--class', 'proc'), [])
  assert.match(list('--class', 'group'), /^group \(syscall\): .*\n {2}group\.gid .*\n {2}group\.name .*\n\n- before/)
  assert.doesNotMatch(list('--markdown', '--class', 'group'), /user\.uid/)
})

const misuse: readonly [args: string[], message: RegExp][] = [
  [['--class', 'prco'], /unknown class prco; did you mean proc\?$/m],
  [['--class', 'kubernetes'], /unknown class kubernetes; expected one of evt, .*, internal, alert$/m],
  [['--source', 'sysclal'], /unknown source sysclal; did you mean syscall\?$/m],
  [['--json', '--markdown'], /'--json' cannot be used with option '--markdown'/],
  [['proc'], /too many arguments/]
]

for (const [args, message] of misuse) {
  test(`fields ${args.join(' ')} is wrong usage: exit code 64, nothing on standard output`, () => {
    const { exitCode, stdout, stderr } = tercel(['fields', ...args])
    assert.match(stderr, message)
    assert.deepEqual([exitCode, stdout], [64, ''])
  })
}
