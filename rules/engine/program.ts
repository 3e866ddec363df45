/**
 * The rules that can match one type of event, as one JavaScript function. No text of a rule is in its source: constants and
 * readers of fields are parameters, and the rest are names that are made here.
 */

import type { Event } from '../../collector/event.ts'
import type { Context } from './fields/field.ts'
import type { CodeScope, Plan } from './plan.ts'
import { inOrder, type Node, PlanGraph } from './plan-graph.ts'

/** `first` ends at the first rule that matches; `all` tries every rule. */
export type Matching = 'first' | 'all'

/** Adds the positions of the rules that match to `matched`, in their order. */
export type Program = (event: Event, context: Context, matched: number[]) => void

/** Rules whose code shares what it has computed; V8 has limits for what one function may refer to. */
const rulesInChunk = 256
/** A node that costs less is computed again rather than remembered. */
const worthRemembering = 3

/**
 * @param plans - The conditions of the rules, in the order of loading
 * @param type - The type of all events that the program will see; undefined where it may be any
 */
export function compileProgram(plans: readonly Plan[], type: string | undefined, matching: Matching): Program {
  const chunks: Program[] = []
  for (let start = 0; start < plans.length; start += rulesInChunk) {
    chunks.push(compileChunk(plans.slice(start, start + rulesInChunk), start, type, matching))
  }
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

function compileChunk(plans: readonly Plan[], start: number, type: string | undefined, matching: Matching): Program {
  const graph = new PlanGraph(type)
  const outcomes = plans.map(plan => graph.add(plan))
  const code = new Code()
  const calls = outcomes.map((outcome, index) => {
    if (outcome === false) return ''
    const condition = outcome === true ? 'true' : `${code.function(code.expression(outcome))}()`
    return `if (${condition}) { matched.push(${start + index});${matching === 'first' ? ' return' : ''} }`
  })
  return code.program(calls.filter(call => call !== ''))
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

  program(statements: readonly string[]): Program {
    const cells = [...this.#cells.keys()].map((_, index) => index)
    const source = [
      '"use strict"',
      ...[...this.#constants.values()].map((name, index) => `const ${name} = constants[${index}]`),
      'let now = 0, event, context',
      ...cells.map(index => `let s${index} = 0, c${index}`),
      ...this.#functions,
      `function forget() { now = 1; ${cells.map(index => `s${index} = 0`).join('; ')} }`,
      'return function (nextEvent, nextContext, matched) {',
      'event = nextEvent; context = nextContext',
      // Numbers up to this one are no objects to V8.
      'if (++now === 0x3fffffff) forget()',
      ...statements,
      '}'
    ]
    return new Function('constants', source.join('\n'))([...this.#constants.keys()]) as Program
  }
}

/** The parts of a group, with those of groups of the same kind in it that nobody else asks for. */
function flattened({ kind, parts }: Node): Node[] {
  return parts.flatMap(part => (part.kind === kind && part.uses < 2 ? flattened(part) : [part]))
}
