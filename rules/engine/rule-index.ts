/**
 * Of many rules for one type of event most wait for a name or a path of their own: `proc.name in (nc, ncat)`, `fd.name
 * startswith /etc/app/`. They are found by what the event has, so that what the others cost is not paid.
 */

import type { Event } from '../../collector/event.ts'
import { lengthsOf } from './byte-tests.ts'
import { ByteTrie } from './byte-trie.ts'
import type { Context, Extraction } from './fields/field.ts'
import type { LookupKind } from './operators.ts'
import { PieceSearch } from './piece-search.ts'
import type { Alternatives, Plan } from './plan.ts'
import { type Node, PlanGraph } from './plan-graph.ts'
import type { Reading } from './reading.ts'

/** The condition of a rule, and where it stands among all. */
export interface PlacedPlan {
  readonly plan: Plan
  readonly position: number
}

export interface RuleIndex {
  /** Adds the positions of the rules that may match; some more than once, in no order. */
  find(event: Event, context: Context, candidates: number[]): void
}

/** More rules that wait for the same value are not worth looking up. */
const mostOfOneValue = 64
/** Fewer rules in the index are not worth the look-ups. */
const fewestIndexed = 12

/** A rule, and what it is looked up by. */
interface Entry {
  readonly alternatives: Alternatives
  readonly position: number
}

/** The index of the rules that wait for certain values, and the rules that do not. */
export function indexRules(
  rules: readonly PlacedPlan[],
  type: string | undefined
): { index: RuleIndex | undefined; rest: readonly PlacedPlan[] } {
  const graph = new PlanGraph(type)
  const waiting = rules.map(({ plan }) => {
    const outcome = graph.add(plan)
    return typeof outcome === 'boolean' ? [] : neededBy(outcome)
  })
  const counts: Counts = new Map()
  for (const each of waiting.flat()) count(each, counts)
  const rest: PlacedPlan[] = []
  const entries: Entry[] = []
  for (const [at, rule] of rules.entries()) {
    const alternatives = mostTelling(waiting[at]!, counts)
    if (alternatives === undefined) rest.push(rule)
    else entries.push({ alternatives, position: rule.position })
  }
  if (entries.length < fewestIndexed) return { index: undefined, rest: rules }
  const lookups = [...Map.groupBy(entries, ({ alternatives }) => lookupName(alternatives)).values()].map(makeLookup)
  return {
    index: {
      find(event, context, candidates) {
        for (const lookup of lookups) lookup(event, context, candidates)
      }
    },
    rest
  }
}

/** What must hold for the node to hold, of that which a look-up can tell. */
function neededBy({ kind, leaf, parts }: Node): Alternatives[] {
  if (kind === 'and') return parts.flatMap(neededBy)
  return leaf?.alternatives === undefined ? [] : [leaf.alternatives]
}

/** From the quickest look-up to the slowest. */
const kinds: readonly LookupKind[] = ['is', 'begins', 'ends', 'has']

/** By look-up and value: how many rules wait for it. */
type Counts = Map<string, Map<string, number>>

function count(alternatives: Alternatives, counts: Counts): void {
  const name = lookupName(alternatives)
  const ofValues = counts.get(name) ?? new Map<string, number>()
  for (const value of alternatives.values) ofValues.set(value, (ofValues.get(value) ?? 0) + 1)
  counts.set(name, ofValues)
}

/** The one whose values the fewest rules share. */
function mostTelling(needed: readonly Alternatives[], counts: Counts): Alternatives | undefined {
  const rated = needed.map(each => {
    const ofValues = counts.get(lookupName(each))!
    // A list of values may be longer than the arguments of one call.
    const shared = each.values.reduce((most, value) => Math.max(most, ofValues.get(value)!), 0)
    return { each, shared, speed: kinds.indexOf(each.kind) }
  })
  const [best] = rated.sort((a, b) => a.shared - b.shared || a.speed - b.speed)
  return best === undefined || best.shared > mostOfOneValue ? undefined : best.each
}

function lookupName({ kind, reading }: Alternatives): string {
  return `${kind} ${reading.text}`
}

type Lookup = RuleIndex['find']

function makeLookup(entries: readonly Entry[]): Lookup {
  const positions = new Map<string, number[]>()
  for (const { alternatives, position } of entries) {
    for (const value of alternatives.values) positions.set(value, [...(positions.get(value) ?? []), position])
  }
  const { kind, reading } = entries[0]!.alternatives
  return readTexts(reading, kind === 'is' ? exactSearch(positions) : partSearch(kind, positions))
}

/** Finds what a text, or the bytes of one, is looked up by. */
interface Search {
  text(text: string, candidates: number[]): void
  bytes(bytes: Buffer, start: number, end: number, candidates: number[]): void
}

function exactSearch(positions: ReadonlyMap<string, readonly number[]>): Search {
  const lengths = lengthsOf([...positions.keys()])
  const search: Search = {
    text(text, candidates) {
      if (lengths[text.length] !== 1) return
      const found = positions.get(text)
      if (found !== undefined) for (const position of found) candidates.push(position)
    },
    bytes(bytes, start, end, candidates) {
      if (lengths[end - start] === 1) search.text(bytes.toString('latin1', start, end), candidates)
    }
  }
  return search
}

function partSearch(kind: 'begins' | 'ends' | 'has', positions: ReadonlyMap<string, readonly number[]>): Search {
  const texts = [...positions.keys()]
  const search = kind === 'has' ? new PieceSearch(texts) : new ByteTrie(texts, kind)
  const found = [...positions.values()]
  const add = (candidates: number[]) => (text: number) => {
    for (const position of found[text]!) candidates.push(position)
  }
  return {
    text: (text, candidates) => search.each(text, add(candidates)),
    bytes: (bytes, start, end, candidates) => search.eachOnBytes(bytes, start, end, add(candidates))
  }
}

/** Looks up what a reading gives: of a path under both its names. */
function readTexts({ extraction, argument }: Reading, search: Search): Lookup {
  const range = extraction?.kind === 'one' || extraction?.kind === 'paths' ? extraction.range : undefined
  const texts = textsOf(extraction, argument)
  return (event, context, candidates) => {
    const bytes = range?.(event)
    if (bytes !== undefined) return search.bytes(bytes.bytes, bytes.start, bytes.end, candidates)
    for (const text of texts(event, context)) if (text !== undefined) search.text(text as string, candidates)
  }
}

function textsOf(extraction: Extraction | undefined, argument: Reading['argument']) {
  switch (extraction?.kind) {
    case 'one':
      return (event: Event, context: Context) => [extraction.read(event, context, argument)]
    case 'paths':
      return (event: Event) =>
        [extraction.resolved(event), extraction.asked(event)].map(path =>
          path === undefined ? undefined : extraction.of(path, event)
        )
    default:
      return () => []
  }
}
