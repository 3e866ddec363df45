import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ByteRange, Descriptor, Event, SyscallEvent } from '../../collector/event.ts'
import { FieldTag, fieldCut } from '../../collector/layout.ts'
import { absolutePath, cutMark } from '../../collector/paths.ts'
import { parseRuleFiles } from '../../rules/engine/load.ts'
import {
  alertFrom,
  engineOf,
  forSeeds,
  type Random,
  randomText,
  ruleFile,
  sampleCall,
  sampleContext,
  sampleDescriptor
} from '../rules/support.ts'
import { type Field, fileField, syscallFrame } from './frame-builder.ts'
import { Machine } from './support.ts'

const asked = (bytes: string) => ({ tag: FieldTag.path, bytes })
const from = (bytes: string) => ({ tag: FieldTag.directory, bytes })
const resolved = (bytes: string) => ({ tag: FieldTag.resolved, bytes })

describe('what an open refers to is read when it is asked for', () => {
  const members = ['number', 'type', 'name', 'nameAsked', 'nameRaw'] as const
  const open = (result: number, fields: readonly Field[]) => syscallFrame({ call: 4, result, fields })
  const read = (descriptor: Descriptor, order: readonly (typeof members)[number][] = members) =>
    Object.fromEntries(order.map(member => [member, descriptor[member]]))

  /** All at once, as strings: what the descriptor must say however it is asked. */
  function expectedNames(fields: readonly Field[]) {
    const text = (tag: number) => fields.find(field => field.tag === tag)?.bytes as string | undefined
    const isCut = (tag: number) => fields.some(field => field.tag === tag && field.flags === fieldCut)
    const [path, directory, found] = [text(FieldTag.path), text(FieldTag.directory), text(FieldTag.resolved)]
    const name = isCut(FieldTag.resolved) ? cutMark + found : found
    const start = isCut(FieldTag.directory) ? cutMark + directory : directory
    // A cut path is none that could have been asked for.
    const isResolved = path === found && !isCut(FieldTag.resolved)
    const nameAsked = path === undefined || isResolved ? path : absolutePath(path, start)
    const nameRaw = isCut(FieldTag.path) ? path + cutMark : path
    return { name: name ?? nameAsked, nameAsked, nameRaw }
  }

  /** A path, a directory and a resolved path that may be theirs; of each its beginning or end may be cut, or all missing. */
  function randomFields(random: Random): Field[] {
    const text = () => randomText(random, ['/', '/', '.', '..', 'a', 'b', cutMark], 6)
    // What the kernel gives for a directory is normal.
    const directory = absolutePath(`/${text()}`, undefined)!
    const path = text()
    const joined = directory === '/' ? `/${path}` : `${directory}/${path}`
    const field = (tag: number, bytes: string): Field => ({ tag, bytes, flags: random.below(6) === 0 ? fieldCut : 0 })
    const all = [
      field(FieldTag.path, path),
      field(FieldTag.directory, directory),
      field(FieldTag.resolved, random.pick([path, joined, text(), absolutePath(joined, '/')!]))
    ]
    return all.filter(() => random.below(6) > 0)
  }

  test('in any order, and each alone, with the same names for any paths', () => {
    forSeeds(3000, random => {
      const fields = randomFields(random)
      const machine = new Machine()
      machine.play(open(3, fields))
      const order = [...members].sort(() => random.below(3) - 1)
      const { type, number, ...names } = read(machine.event.descriptor!, order)
      assert.deepEqual(names, expectedNames(fields))
      const alone = random.pick(['name', 'nameAsked', 'nameRaw'] as const)
      machine.play(open(3, fields))
      assert.equal(machine.event.descriptor![alone], names[alone])
    })
  })

  const tests = [
    ...[
      'fd.name = /a',
      'fd.name in (/, /b, /a/b)',
      'fd.name startswith /a',
      'fd.name startswith /b or fd.name startswith /a/'
    ],
    ...['fd.name endswith b', 'fd.name contains /b', 'fd.name contains ""', 'fd.name startswith anyof (/a/b, /b/)'],
    ...['fd.directory = /', 'fd.directory in (/a, /a/b)', 'fd.directory startswith /a', 'fd.directory endswith a'],
    ...['fd.filename = b', 'fd.filename in (a, b)', 'fd.filename startswith a', 'fd.filename contains b'],
    ...['fd.nameraw = a', 'fd.nameraw startswith /a', 'fd.nameraw contains ..', 'fd.nameraw endswith b']
  ]
  /** An event of a frame with these fields, and one with the same descriptor that says no bytes. */
  function framedAndSaid(random: Random): { framed: () => Event; said: Event } {
    const fields = [...randomFields(random), fileField(random.pick([0o100644, 0o040755, 0o010600]))]
    const machine = new Machine()
    const framed = (): Event => {
      machine.play(open(3, fields))
      return machine.event
    }
    framed()
    const { number, type, name, nameAsked, nameRaw } = machine.event.descriptor!
    const descriptor = sampleDescriptor({ number, type, name, nameAsked, nameRaw })
    return { framed, said: sampleCall({ descriptor, openFlags: 0 }) }
  }

  test('and tests of its paths hold as they do for a descriptor that says no bytes', () => {
    const rules = [...tests, ...tests.map(text => `not (${text})`), 'fd.name != /a', 'not fd.directory != /'].map(
      text => parseRuleFiles([{ path: 'f', text: ruleFile(text) }])
    )
    const held = rules.map(() => 0)
    forSeeds(2000, random => {
      const { framed, said } = framedAndSaid(random)
      for (const [index, ruleset] of rules.entries()) {
        const matches = (event: Event) => ruleset.match(event, sampleContext).length > 0
        const holds = matches(framed())
        if (holds) held[index]!++
        assert.equal(holds, matches(said), JSON.stringify([index, (said as SyscallEvent).descriptor]))
      }
    })
    assert.ok(Math.min(...held) > 0, `each test has held for some: ${held}`)
  })

  test('and so many rules that they are looked up find the same', () => {
    const rules = Array.from({ length: 5 }, (_, copy) =>
      tests.map((text, index) =>
        ruleFile(`(${text}) and fd.num != ${copy}`).replace('rule: R', `rule: R${copy}-${index}`)
      )
    )
    const ruleset = parseRuleFiles([{ path: 'f', text: rules.flat().join('') }], { matching: 'all' })
    forSeeds(2000, random => {
      const { framed, said } = framedAndSaid(random)
      const names = (event: Event) => ruleset.match(event, sampleContext).map(({ name }) => name)
      assert.deepEqual(names(framed()), names(said))
    })
  })

  test('the bytes of a name are known before it is a string, unless there are two', () => {
    const text = (range: ByteRange | undefined) => range?.bytes.toString('latin1', range.start, range.end)
    const bytes = (...fields: Field[]) => {
      const machine = new Machine()
      machine.play(open(3, fields))
      const { nameBytes, nameRawBytes } = machine.event.descriptor!
      return [text(nameBytes), text(nameRawBytes)]
    }
    assert.deepEqual(bytes(asked('/etc/x'), resolved('/etc/x')), ['/etc/x', '/etc/x'])
    assert.deepEqual(bytes(asked('b/x'), from('/a'), resolved('/a/b/x')), ['/a/b/x', 'b/x'])
    assert.deepEqual(bytes(asked('/x'), resolved('/y')), [undefined, '/x'])
    assert.deepEqual(bytes(asked('/etc/x')), [undefined, '/etc/x'])
    assert.deepEqual(bytes({ ...asked('/etc/x'), flags: fieldCut }), [undefined, undefined])
    assert.deepEqual(bytes(resolved('/etc/x')), [undefined, undefined])
    assert.deepEqual(bytes(), [undefined, undefined])
  })

  test('and a path that only looks like the rest of a cut one is joined to its directory', () => {
    const machine = new Machine()
    machine.play(open(3, [asked(`${cutMark}/x`), from('/etc'), { ...resolved('/x'), flags: fieldCut }]))
    const { name, nameAsked } = machine.event.descriptor!
    assert.deepEqual([name, nameAsked], [`${cutMark}/x`, `/etc/${cutMark}/x`])
  })

  test('and from the frame that the event was pointed at last', () => {
    const first = [asked('x'), from('/etc'), resolved('/etc/x'), fileField(0o100644)]
    const nothing = { number: undefined, type: undefined, name: undefined, nameAsked: undefined, nameRaw: undefined }
    for (const order of [members, members.toReversed()]) {
      const machine = new Machine()
      machine.play(open(3, first))
      read(machine.event.descriptor!, order)
      machine.play(open(-14, []))
      assert.deepEqual(read(machine.event.descriptor!, order), nothing)
      machine.play(open(4, [asked('/tmp/y'), resolved('/srv/y')]))
      assert.deepEqual(read(machine.event.descriptor!, order), {
        ...{ number: 4, type: undefined, name: '/srv/y', nameAsked: '/tmp/y', nameRaw: '/tmp/y' }
      })
    }
  })

  test('an alert keeps its values when the frame is gone', () => {
    const engine = engineOf(ruleFile('fd.typechar = f', '%fd.name %fd.nameraw %fd.directory %fd.num %fd.typechar'))
    const machine = new Machine()
    machine.play(open(3, [asked('shadow'), from('/etc'), resolved('/etc/shadow'), fileField(0o100644)]))
    const alert = alertFrom(engine, machine.event)!
    machine.play(open(-2, [asked('zzzzzz'), from('/yyy'), resolved('/yyy/zzzzzz'), fileField(0o040755)]))
    assert.match(alert.output, / Notice \/etc\/shadow shadow \/etc 3 f$/)
    assert.deepEqual(Object.values(alert.output_fields).slice(1), ['/etc/shadow', 'shadow', '/etc', 3, 'f'])
  })
})
