/** What the tests of the rules share: seeded randomness, sample events, and conditions compiled on their own. */

import { TercelError } from '../../base/errors.ts'
import { seededRandom as seededNumbers } from '../../base/seeded-random.ts'
import type { Descriptor, DescriptorType, Event, InternalEvent, Process, SyscallEvent } from '../../collector/event.ts'
import type { Alert } from '../../rules/alert.ts'
import { Engine, type EngineOptions } from '../../rules/engine/engine.ts'
import type { Context } from '../../rules/engine/fields/field.ts'
import { parseRuleFiles } from '../../rules/engine/load.ts'

export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
}

/** The same seed gives the same numbers. */
export function seededRandom(seed: number): Random {
  const next = seededNumbers(seed)
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, pick: items => items[below(items.length)]! }
}

/** Runs a property for many seeds; the message of a failure names the seed. */
export function forSeeds(count: number, property: (random: Random) => void): void {
  const first = Number(process.env.TERCEL_SEED ?? 1)
  for (let seed = first; seed < first + count; seed++) {
    try {
      property(seededRandom(seed))
    } catch (error) {
      throw new Error(`seed ${seed} (set TERCEL_SEED=${seed} to begin with it)`, { cause: error })
    }
  }
}

export function randomText(random: Random, alphabet: readonly string[], longest: number): string {
  return Array.from({ length: random.below(longest + 1) }, () => random.pick(alphabet)).join('')
}

export const file: DescriptorType = { char: 'f', name: 'file' }
export const ipv4: DescriptorType = { char: '4', name: 'ipv4' }
export const ipv6: DescriptorType = { char: '6', name: 'ipv6' }

export function sampleProcess(members: Partial<Process> = {}): Process {
  return {
    pid: 100,
    startTime: 1_000_000_000n,
    parent: undefined,
    ppid: 1,
    name: 'cat',
    exe: 'cat',
    exepath: '/usr/bin/cat',
    args: [],
    cwd: '/',
    uid: 0,
    gid: 0,
    loginUid: -1,
    sid: 100,
    pgid: 100,
    vpid: 100,
    vsid: 100,
    vpgid: 100,
    tty: 0,
    containerId: '',
    sessionLeader: undefined,
    ...members
  }
}

/** A process whose ancestors have these names, the nearest first. */
export function descendantOf(...names: string[]): Process {
  const parents = names
    .toReversed()
    .reduce<Process | undefined>((parent, name) => sampleProcess({ name, parent }), undefined)
  return sampleProcess({ parent: parents })
}

export function sampleDescriptor(members: Partial<Descriptor> = {}): Descriptor {
  return {
    number: 3,
    type: file,
    name: undefined,
    nameAsked: undefined,
    nameRaw: undefined,
    l4proto: undefined,
    client: undefined,
    server: undefined,
    local: undefined,
    remote: undefined,
    connected: undefined,
    nameChanged: undefined,
    ...members
  }
}

export function sampleCall(members: Partial<SyscallEvent> = {}): SyscallEvent {
  return {
    source: 'syscall',
    type: 'openat',
    time: 1_767_323_045_123_456_789n,
    number: 257,
    cpu: 2,
    tid: 100,
    threadName: 'cat',
    uid: 0,
    gid: 0,
    result: 3,
    process: sampleProcess(),
    descriptor: undefined,
    args: [],
    openFlags: undefined,
    ...members
  }
}

/** An open for reading of a file, found under `name` after `asked` was asked for. */
export function sampleOpen(name: string, asked = name, members: Partial<SyscallEvent> = {}): SyscallEvent {
  const descriptor = sampleDescriptor({ name, nameAsked: asked, nameRaw: asked })
  return sampleCall({ descriptor, openFlags: 0, ...members })
}

export function sampleInternal(type: string, counters: Record<string, number>): InternalEvent {
  return { source: 'internal', type, time: 1_767_323_045_123_456_789n, counters }
}

/** A rule file with one rule. */
export function ruleFile(condition: string, output = 'matched', source = 'syscall'): string {
  const text = (value: string) => JSON.stringify(value)
  return `- rule: R
  desc: d
  priority: NOTICE
  source: ${source}
  condition: ${text(condition)}
  output: ${text(output)}
`
}

/** A rule that is right but for what a case changes; its condition stands in line 4. */
export function rule(lines: Record<string, string>): string {
  const members = { rule: 'R', desc: 'd', priority: 'INFO', condition: 'evt.type = open', output: 'o', ...lines }
  const text = Object.entries(members).map(([key, value]) => `${key}: ${value}`)
  return `- ${text.join('\n  ')}\n`
}

/** The engine of the given text, with harmless defaults. */
export function engineOf(text: string, options: Partial<EngineOptions> = {}): Engine {
  const ruleset = parseRuleFiles([{ path: 'rules.yaml', text }])
  return new Engine(ruleset, { hostname: 'node-1', newUuid: () => '00000000-0000-7000-8000-000000000000', ...options })
}

/** The first alert that an event raises. */
export function alertFrom(engine: Engine, event: Event): Alert | undefined {
  return engine.evaluate(event)[0]
}

/** What evaluating conditions needs beside the event. */
export const sampleContext: Context = {
  hostname: 'h',
  eventNumber: 1,
  names: { user: () => undefined, group: () => undefined }
}

/** Whether a condition holds for an event. */
export function holds(condition: string, event: Event): boolean {
  return engineOf(ruleFile(condition, 'matched', event.source)).evaluate(event).length > 0
}

/** The alert of a rule with this output that matches every event. */
export function alertOf(output: string, event: Event, options: Partial<EngineOptions> = {}): Alert {
  return alertFrom(engineOf(ruleFile('evt.type exists', output, event.source), options), event)!
}

/** The problems of rule files, as `line:column: message`; none when they load. */
export function problemsOf(text: string, lists: Record<string, string[]> = {}): string[] {
  try {
    parseRuleFiles([{ path: 'rules.yaml', text }], { lists })
    return []
  } catch (error) {
    if (!(error instanceof TercelError) || error.code !== 'TERCEL_RULES') throw error
    return error.problems.map(({ message, place }) => (place ? `${place.line}:${place.column}: ${message}` : message))
  }
}

/** The warnings of a rule file, in the same form. */
export function warningsOf(text: string): string[] {
  return parseRuleFiles([{ path: 'rules.yaml', text }]).warnings.map(
    ({ message, place }) => `${place!.line}:${place!.column}: ${message}`
  )
}
