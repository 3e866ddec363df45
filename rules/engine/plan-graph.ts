/**
 * Plans of many rules as one graph: what is the same in several of them, such as a macro, is one node, whose result is
 * computed once an event. Tests whose outcome is known are gone.
 */

import type { Leaf, Plan } from './plan.ts'

export interface Node {
  readonly id: number
  readonly kind: 'leaf' | 'and' | 'or' | 'not'
  readonly leaf: Leaf | undefined
  readonly parts: readonly Node[]
  /** The work to be expected, where the first part that decides ends it. */
  readonly cost: number
  readonly likelihood: number
  /** How many nodes and rules it is a part of. */
  uses: number
}

export type Outcome = Node | boolean

export class PlanGraph {
  readonly #nodes = new Map<string, Node>()
  /** Undefined for events whose type is only known when they come. */
  readonly #type: string | undefined

  constructor(type: string | undefined) {
    this.#type = type
  }

  /** The node of the condition of a rule; a boolean where its outcome is the same for all events. */
  add(plan: Plan): Outcome {
    const outcome = this.#outcome(plan)
    if (typeof outcome !== 'boolean') outcome.uses++
    return outcome
  }

  #outcome(plan: Plan): Outcome {
    switch (plan.kind) {
      case 'constant':
        return plan.value
      case 'unfilled':
        return false
      case 'leaf':
        return this.#leaf(plan)
      case 'type':
        return this.#type === undefined ? this.#leaf(typeLeaf(plan.key, plan.admits)) : plan.admits(this.#type)
      case 'not': {
        const part = this.#outcome(plan.part)
        if (typeof part === 'boolean') return !part
        return part.kind === 'not' ? part.parts[0]! : this.#node('not', [part])
      }
      default:
        return this.#group(plan.kind, plan.parts)
    }
  }

  #group(kind: 'and' | 'or', plans: readonly Plan[]): Outcome {
    const decides = kind === 'or'
    const parts = new Set<Node>()
    for (const plan of kind === 'or' ? mergedAlternatives(plans) : plans) {
      const outcome = this.#outcome(plan)
      if (outcome === decides) return decides
      if (typeof outcome !== 'boolean') parts.add(outcome)
    }
    const [first, ...rest] = parts
    if (first === undefined) return !decides
    return rest.length === 0 ? first : this.#node(kind, [...parts])
  }

  #leaf(leaf: Leaf): Node {
    const { cost, likelihood } = leaf
    return this.#intern(`leaf ${leaf.key}`, id => ({ id, kind: 'leaf', leaf, parts: [], cost, likelihood, uses: 0 }))
  }

  #node(kind: 'and' | 'or' | 'not', parts: readonly Node[]): Node {
    const ids = parts.map(({ id }) => id).sort((a, b) => a - b)
    return this.#intern(`${kind} ${ids.join(' ')}`, id => {
      for (const part of parts) part.uses++
      return { id, kind, leaf: undefined, parts, ...expectation(kind, parts), uses: 0 }
    })
  }

  #intern(key: string, make: (id: number) => Node): Node {
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    const node = make(this.#nodes.size)
    this.#nodes.set(key, node)
    return node
  }
}

/** The plans with those alternatives put together that one look-up can decide. */
function mergedAlternatives(plans: readonly Plan[]): readonly Plan[] {
  const found = Map.groupBy(plans, plan => (plan.kind === 'leaf' ? alternativesKey(plan) : undefined))
  return [...found].flatMap(([key, group]) => {
    const [first] = group
    if (key === undefined || first?.kind !== 'leaf' || group.length < worthLookup(first)) return group
    const values = group.flatMap(plan => (plan.kind === 'leaf' ? plan.alternatives!.values : []))
    return [first.alternatives!.of([...new Set(values)])]
  })
}

/** Looking for a few pieces one after the other is quicker than looking for all of them at once. */
function worthLookup({ alternatives }: Leaf): number {
  return alternatives?.kind === 'has' ? 6 : 2
}

function alternativesKey({ alternatives }: Leaf): string | undefined {
  return alternatives && `${alternatives.kind} ${alternatives.reading.text}`
}

function typeLeaf(key: string, admits: (type: string) => boolean): Leaf {
  return { kind: 'leaf', key, cost: 1, likelihood: 0.1, code: scope => `${scope.param(admits)}(event.type)` }
}

/** The part that is most likely to decide for its cost comes first. */
export function inOrder(kind: 'and' | 'or', parts: readonly Node[]): readonly Node[] {
  const weight = ({ cost, likelihood, uses }: Node) => {
    const decides = kind === 'and' ? 1 - likelihood : likelihood
    // What others ask for too is often known already.
    return (uses > 1 ? cost / 2 : cost) / Math.max(decides, 0.01)
  }
  return parts.toSorted((a, b) => weight(a) - weight(b))
}

function expectation(kind: 'and' | 'or' | 'not', parts: readonly Node[]): Pick<Node, 'cost' | 'likelihood'> {
  if (kind === 'not') return { cost: parts[0]!.cost, likelihood: 1 - parts[0]!.likelihood }
  let cost = 0
  let goesOn = 1
  for (const part of inOrder(kind, parts)) {
    cost += part.cost * goesOn
    goesOn *= kind === 'and' ? part.likelihood : 1 - part.likelihood
  }
  return { cost, likelihood: kind === 'and' ? goesOn : 1 - goesOn }
}
