import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TercelError } from '../../../../base/errors.ts'
import type { FieldReference } from '../../../../rules/engine/ast.ts'
import type { FieldType } from '../../../../rules/engine/fields/field.ts'
import {
  fieldClasses,
  fieldNames,
  fieldSources,
  listFields,
  useField
} from '../../../../rules/engine/fields/registry.ts'
import { alertOf, problemsOf, ruleFile } from '../../support.ts'
import { drop, host, open } from './support.ts'

/** What the official rules of Falco read or print. */
const official: Readonly<Record<Exclude<FieldType, 'PRIORITY'>, string>> = {
  CHARBUF: `evt.type evt.res evt.args evt.arg.flags evt.arg.path evt.arg.oldpath evt.arg.newpath evt.arg.name evt.arg.mode
    evt.arg.request evt.arg.filename evt.arg.uid evt.arg.cmd evt.arg.target evt.arg.domain evt.arg.fd evt.arg.linkpath
    evt.dir proc.name proc.cmdline proc.pname proc.aname proc.args proc.exe proc.pcmdline proc.env proc.exepath proc.pexe
    proc.cwd proc.aexe proc.pexepath proc.sname proc.aexepath container.id container.image.repository container.mounts
    container.mount.dest[/proc*] fd.typechar fd.name fd.directory fd.l4proto fd.type fd.filename fd.sip.name fd.nameraw
    fd.cip.name fd.sockfamily fd.lip.name fd.rip.name k8s.ns.name k8s.pod.name user.name user.loginname group.name
    thread.cap_permitted thread.cap_effective`,
  BYTEBUF: 'evt.buffer',
  INT64: 'fd.num evt.rawres proc.vpid user.loginuid',
  UINT32: 'user.uid proc.tty group.gid',
  UINT64: 'evt.num',
  PORT: 'fd.sport fd.port fd.lport fd.rport',
  BOOL: `evt.is_open_write evt.is_open_read evt.is_open_exec fd.connected fd.name_changed container.privileged
    proc.is_exe_from_memfd proc.is_exe_upper_layer proc.is_vpgid_leader`,
  IPADDR: 'fd.ip fd.sip fd.cip fd.rip',
  IPNET: 'fd.net fd.snet fd.cnet fd.rnet',
  ABSTIME: `container.start_ts proc.exe_ino.ctime proc.exe_ino.mtime proc.exe_ino.ctime_duration_proc_start`,
  RELTIME: 'proc.duration'
}

/** Those that rules read with an argument, may read with one, or cannot read without one. */
const argumentRules: Readonly<Record<string, string>> = {
  'index, or nothing': 'proc.args proc.aname proc.aexe proc.aexepath proc.aargs proc.acmdline proc.apid fd.types',
  'key, or nothing': 'proc.env',
  'either, or nothing': 'proc.aenv',
  either: `evt.arg evt.rawarg container.mount container.mount.source container.mount.dest container.mount.mode
    container.mount.rdwr container.mount.propagation`,
  key: `evt.type.is evt.around thread.cgroup container.label k8s.pod.label k8s.ns.label k8s.rc.label k8s.rs.label
    k8s.deployment.label k8s.svc.label internal.counter alert.field`
}

const fields = listFields()

function words(text: string): string[] {
  return text.split(/\s+/)
}

function reference(text: string): FieldReference {
  const [, name, argument] = /^([^[]*)(?:\[(.*)\])?$/.exec(text)!
  return { kind: 'field', name: name!, argument, place: { file: 'rules.yaml', line: 1, column: 1 } }
}

function messageOf(text: string, source = 'syscall'): string {
  try {
    useField(reference(text), source)
    return ''
  } catch (error) {
    assert.ok(error instanceof TercelError)
    return error.problems.map(({ message }) => message).join('\n')
  }
}

for (const [type, names] of Object.entries(official)) {
  for (const name of words(names)) {
    test(`${name} is ${type}`, () => assert.equal(useField(reference(name), 'syscall').field.type, type))
  }
}

test('91 fields are those of the official rules', () => {
  assert.equal(Object.values(official).flatMap(words).length, 91)
})

test('a field has one name, and stands in the class that its name begins with', () => {
  assert.equal(new Set(fields.map(({ name }) => name)).size, fields.length)
  for (const field of fields) {
    assert.match(field.name, /^[a-z0-9]+(\.[a-z0-9_]+)+$/)
    assert.ok(field.name.startsWith(`${field.class}.`), `${field.name} stands in ${field.class}`)
  }
})

test('what is said of a field, or instead of one, is a sentence on one line', () => {
  for (const { name, description, deprecated } of fields) {
    assert.match(description, /^[A-Z0-9].*\.$/, name)
    if (deprecated !== undefined) assert.match(deprecated, /^[A-Z].*\.$/, name)
  }
  for (const { name, description } of fieldClasses) assert.match(description, /^[A-Z].*\.$/, name)
})

test('fields take arguments by these rules', () => {
  const found = Object.fromEntries(Object.keys(argumentRules).map(rule => [rule, [] as string[]]))
  for (const { name, argument } of fields) {
    if (argument !== undefined) found[argument.required ? argument.of : `${argument.of}, or nothing`]!.push(name)
  }
  for (const [rule, names] of Object.entries(argumentRules)) {
    assert.deepEqual(found[rule]!.toSorted(), words(names).toSorted(), rule)
  }
})

test('fields with several values say so, also those that nothing delivers yet', () => {
  const ofShape = (shape: string) => fields.filter(field => field.shape === shape).map(({ name }) => name)
  assert.deepEqual(ofShape('list'), ['fd.types', 'internal.reasons', 'alert.tags'])
  assert.deepEqual(
    ofShape('ancestors'),
    words('proc.aname proc.aexe proc.aexepath proc.aargs proc.acmdline proc.apid proc.aenv')
  )
  assert.deepEqual(ofShape('ends'), ['fd.ip', 'fd.net', 'fd.port', 'fd.proto'])
})

const dotted: readonly [text: string, base: string, argument: string][] = [
  ['evt.arg.flags', 'evt.arg', 'flags'],
  ['evt.rawarg.res', 'evt.rawarg', 'res'],
  ['evt.type.is.open', 'evt.type.is', 'open'],
  ['thread.cgroup.cpu', 'thread.cgroup', 'cpu'],
  ['container.label.app', 'container.label', 'app'],
  ['k8s.pod.label.app.kubernetes.io/name', 'k8s.pod.label', 'app.kubernetes.io/name'],
  ['k8s.ns.label.team', 'k8s.ns.label', 'team']
]

for (const [text, base, argument] of dotted) {
  test(`${text} is ${base}[${argument}]`, () => {
    const use = useField(reference(text), 'syscall')
    assert.deepEqual([use.field.name, use.argument, use.text], [base, argument, text])
  })
}

const misuse: readonly [text: string, message: RegExp][] = [
  ['proc.nmae', /^unknown field proc\.nmae; did you mean proc\.name\?$/],
  ['proc.name[1]', /^proc\.name takes no argument$/],
  ['proc.aname[x]', /^expected a whole number between the brackets of proc\.aname, found x$/],
  ['evt.arg', /^evt\.arg needs an argument: evt\.arg\[…\]$/],
  ['container.mount.dest', /^container\.mount\.dest needs an argument/],
  ['container.mount.nothing', /^unknown field container\.mount\.nothing/],
  ['proc.aname.2', /^unknown field proc\.aname\.2/],
  ['internal.total', /^events of source syscall have no field internal\.total$/]
]

for (const [text, message] of misuse) {
  test(`${text} is refused: ${message.source}`, () => assert.match(messageOf(text), message))
}

test('an argument of digits is a position where positions are taken, and a key where keys are', () => {
  const argumentOf = (text: string) => useField(reference(text), 'syscall').argument
  assert.equal(argumentOf('evt.arg[0]'), 0)
  assert.equal(argumentOf('container.mount.dest[0]'), 0)
  assert.equal(argumentOf('proc.aname[2]'), 2)
  assert.equal(argumentOf('proc.env[0]'), '0')
})

test('a listed field tells its sources and whether any event can have it', () => {
  const named = (name: string) => fields.find(field => field.name === name)!
  assert.deepEqual(fieldSources, ['syscall', 'internal'])
  assert.deepEqual(named('evt.num').sources, fieldSources)
  assert.deepEqual(named('proc.name').sources, ['syscall'])
  assert.equal(named('proc.name').filled, true)
  assert.equal(named('proc.env').filled, false)
  assert.match(named('evt.dir').deprecated!, /^Leave it out/)
  assert.equal(named('evt.type').deprecated, undefined)
})

test('every field can be named in a condition and in an output of each source that has it', () => {
  for (const source of fieldSources) {
    const uses = fieldNames(source).map(name => {
      const rule = fields.find(each => each.name === name)!.argument
      return rule === undefined ? name : `${name}[1]`
    })
    const condition = uses.map(use => `${use} exists`).join(' or ')
    const output = uses.map(use => `%${use}`).join(' ')
    assert.deepEqual(problemsOf(ruleFile(condition, output, source)), [])
    assert.ok(alertOf(output, source === 'syscall' ? open : drop))
    assert.ok(alertOf(output, source === 'syscall' ? host : drop))
  }
})
