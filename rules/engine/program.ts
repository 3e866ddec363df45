/**
 * The rules that can match one type of event, as one JavaScript function. No text of a rule is in its source: constants and
 * readers of fields are parameters, and the rest are names that are made here.
 */

import type { Event } from '../../collector/event.ts'
import type { Context } from './fields/field.ts'
import type { CodeScope, Plan } from './plan.ts'
import { inOrder, type Node, PlanGraph } from './plan-graph.ts'
import { indexRules, type PlacedPlan, type RuleIndex } from './rule-index.ts'

/** `first` ends at the first rule that matches; `all` tries every rule. */
export type Matching = 'first' | 'all'

/** Adds the positions of the rules that match to `matched`, in their order. */
export type Program = (event: Event, context: Context, matched: number[]) => void

/** Rules whose code shares what it has computed; V8 has limits for what one function may refer to. */
const rulesInChunk = 256
/** A node that costs less is computed again rather than remembered. */
const worthRemembering = 3

/**
 * Fewer rules are tried one after the other; of more, those that wait for certain names or paths are looked up by them.
 */
const worthAnIndex = 16

/**
 * @param plans - The conditions of the rules, in the order of loading
 * @param type - The type of all events that the program will see; undefined where it may be any
 */
export function compileProgram(plans: readonly Plan[], type: string | undefined, matching: Matching): Program {
  const all = plans.map((plan, position) => ({ plan, position }))
  if (plans.length < worthAnIndex) return compileInOrder(all, type, matching)
  const { index, rest } = indexRules(all, type)
  if (index === undefined) return compileInOrder(all, type, matching)
  return compileIndexed(all, index, compileInOrder(rest, type, matching), type, matching)
}

/** Tries the rules one after the other. */
function compileInOrder(rules: readonly PlacedPlan[], type: string | undefined, matching: Matching): Program {
  const chunks = chunked(rules).map(chunk => compileChunk(chunk, type, matching).run)
  const [only] = chunks
  if (only === undefined) return () => {}
  if (chunks.length === 1) return only
  return (event, context, matched) => {
    for (const chunk of chunks) {
      chunk(event, context, matched)
      if (matching === 'first' && matched.length > 0) return
    }
  }
}

/** Tries the rules that the index gives for an event, and those that are in no index by `others`. */
function compileIndexed(
  rules: readonly PlacedPlan[],
  index: RuleIndex,
  others: Program,
  type: string | undefined,
  matching: Matching
): Program {
  const chunks = chunked(rules).map(chunk => compileChunk(chunk, type, matching))
  const candidates: number[] = []
  return (event, context, matched) => {
    others(event, context, matched)
    // Whatever is left of an event that could not be read.
    candidates.length = 0
    index.find(event, context, candidates)
    if (candidates.length === 0) return
    const isFirst = matching === 'first'
    const limit = isFirst && matched.length > 0 ? matched[0]! : rules.length
    const found = [...new Set(candidates)].sort((a, b) => a - b)
    let begun: Chunk | undefined
    for (const position of found) {
      if (position >= limit) break
      const chunk = chunks[Math.floor(position / rulesInChunk)]!
      if (chunk !== begun) chunk.begin(event, context)
      begun = chunk
      if (!chunk.test(position % rulesInChunk)) continue
      if (isFirst) matched.length = 0
      matched.push(position)
      if (isFirst) return
    }
    matched.sort((a, b) => a - b)
  }
}

function chunked(rules: readonly PlacedPlan[]): PlacedPlan[][] {
  const count = Math.ceil(rules.length / rulesInChunk)
  return Array.from({ length: count }, (_, index) => rules.slice(index * rulesInChunk, (index + 1) * rulesInChunk))
}

/** Code for some rules. */
interface Chunk {
  /** Tries them one after the other. */
  readonly run: Program
  /** What comes from now on is about this event. */
  readonly begin: (event: Event, context: Context) => void
  /** Whether the rule at a position within the chunk matches. */
  readonly test: (index: number) => boolean
}

function compileChunk(rules: readonly PlacedPlan[], type: string | undefined, matching: Matching): Chunk {
  const graph = new PlanGraph(type)
  const outcomes = rules.map(({ plan }) => graph.add(plan))
  const code = new Code()
  const tests = outcomes.map(outcome =>
    code.function(typeof outcome === 'boolean' ? `${outcome}` : code.expression(outcome))
  )
  const statements = rules.map(
    ({ position }, index) =>
      `if (${tests[index]}()) { matched.push(${position});${matching === 'first' ? ' return' : ''} }`
  )
  return code.chunk(
    tests,
    statements.filter((_, index) => outcomes[index] !== false)
  )
}

class Code implements CodeScope {
  readonly #constants = new Map<unknown, string>()
  readonly #cells = new Map<string, { get: string; value: string }>()
  readonly #functions: string[] = []
  #functionCount = 0

  param(constant: unknown): string {
    const name = this.#constants.get(constant) ?? `p${this.#constants.size}`
    this.#constants.set(constant, name)
    return name
  }

  cell(key: string, compute: () => string): { get: string; value: string } {
    const known = this.#cells.get(key)
    if (known !== undefined) return known
    const number = this.#cells.size
    const cell = { get: `(s${number} === now ? c${number} : f${number}())`, value: `c${number}` }
    this.#cells.set(key, cell)
    // The time is set last: what throws has not been computed.
    this.#functions.push(`function f${number}() { c${number} = ${compute()}; s${number} = now; return c${number} }`)
    return cell
  }

  /** A function that gives the expression; its name. */
  function(expression: string): string {
    const name = `r${this.#functionCount++}`
    this.#functions.push(`function ${name}() { return ${expression} }`)
    return name
  }

  expression(node: Node): string {
    if (node.uses < 2 || node.cost < worthRemembering || node.kind === 'not') return this.#plain(node)
    return this.cell(`node ${node.id}`, () => this.#plain(node)).get
  }

  #plain(node: Node): string {
    const { kind, parts, leaf } = node
    if (leaf !== undefined) return leaf.code(this)
    if (kind === 'not') return `!${this.expression(parts[0]!)}`
    const group = kind as 'and' | 'or'
    const expressions = inOrder(group, flattened(node)).map(part => this.expression(part))
    return `(${expressions.join(group === 'and' ? ' && ' : ' || ')})`
  }

  chunk(tests: readonly string[], statements: readonly string[]): Chunk {
    const cells = [...this.#cells.keys()].map((_, index) => index)
    const source = [
      '"use strict"',
      ...[...this.#constants.values()].map((name, index) => `const ${name} = constants[${index}]`),
      'let now = 0, event, context',
      ...cells.map(index => `let s${index} = 0, c${index}`),
      ...this.#functions,
      `function forget() { now = 1; ${cells.map(index => `s${index} = 0`).join('; ')} }`,
      'function begin(nextEvent, nextContext) {',
      'event = nextEvent; context = nextContext',
      // Numbers up to this one are no objects to V8.
      'if (++now === 0x3fffffff) forget()',
      '}',
      'function run(nextEvent, nextContext, matched) {',
      'begin(nextEvent, nextContext)',
      ...statements,
      '}',
      `const tests = [${tests.join(', ')}]`,
      'return { run, begin, test: index => tests[index]() }'
    ]
    return new Function('constants', source.join('\n'))([...this.#constants.keys()]) as Chunk
  }
}

/** The parts of a group, with those of groups of the same kind in it that nobody else asks for. */
function flattened({ kind, parts }: Node): Node[] {
  return parts.flatMap(part => (part.kind === kind && part.uses < 2 ? flattened(part) : [part]))
}
