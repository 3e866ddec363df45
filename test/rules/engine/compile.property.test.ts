import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SyscallEvent } from '../../../collector/event.ts'
import { parseRuleFiles } from '../../../rules/engine/load.ts'
import {
  forSeeds,
  type Random,
  ruleFile,
  sampleCall,
  sampleContext,
  sampleDescriptor,
  sampleProcess
} from '../support.ts'

/** A condition as text, and what it means said in another way: with its nots pushed down to the tests. */
interface Sample {
  readonly text: string
  means(event: SyscallEvent, negated: boolean): boolean
}

/** A test of one value; `undefined` makes it false. */
function leaf(
  text: string,
  values: (event: SyscallEvent) => readonly (string | undefined)[],
  expected: string
): Sample {
  const equal = !text.includes('!=')
  return {
    text,
    means: (event, negated) =>
      values(event).some(value => (value !== undefined && (value === expected) === equal) !== negated)
  }
}

const types = ['open', 'connect', 'setns']
const names = ['a', 'b', undefined]

function sampleLeaf(random: Random): Sample {
  const operator = random.pick(['=', '!='])
  const name = random.pick(['a', 'b'])
  switch (random.below(3)) {
    case 0: {
      const type = random.pick(types)
      return leaf(`evt.type ${operator} ${type}`, event => [event.type], type)
    }
    case 1:
      return leaf(`proc.cwd ${operator} ${name}`, event => [event.process.cwd], name)
    default:
      return leaf(`fd.name ${operator} ${name}`, paths, name)
  }
}

function paths({ descriptor }: SyscallEvent): (string | undefined)[] {
  const { name, nameAsked } = descriptor!
  return [name ?? nameAsked, nameAsked ?? name]
}

function sampleCondition(random: Random, depth: number): Sample {
  if (depth === 0 || random.below(4) === 0) return sampleLeaf(random)
  if (random.below(3) === 0) {
    const inner = sampleCondition(random, depth - 1)
    return { text: `not (${inner.text})`, means: (event, negated) => inner.means(event, !negated) }
  }
  const kind = random.pick(['and', 'or'])
  const operands = Array.from({ length: 2 + random.below(4) }, () => sampleCondition(random, depth - 1))
  return {
    text: `(${operands.map(({ text }) => text).join(` ${kind} `)})`,
    means: (event, negated) =>
      (kind === 'and') !== negated
        ? operands.every(each => each.means(event, negated))
        : operands.some(each => each.means(event, negated))
  }
}

const events = types.flatMap(type =>
  names.flatMap(cwd =>
    names.flatMap(name =>
      names.map(nameAsked =>
        sampleCall({ type, process: sampleProcess({ cwd }), descriptor: sampleDescriptor({ name, nameAsked }) })
      )
    )
  )
)

test('conditions mean what their tests mean, however they are nested, and admit the types of what they match', () => {
  forSeeds(300, random => {
    const { text, means } = sampleCondition(random, 3)
    const ruleset = parseRuleFiles([{ path: 'f', text: ruleFile(text) }])
    const [rule] = ruleset.rules
    for (const event of events) {
      const { type, process, descriptor } = event
      const matches = ruleset.match(event, sampleContext).length > 0
      assert.equal(matches, means(event, false), JSON.stringify([text, type, process.cwd, descriptor?.name]))
      if (matches) assert.ok(rule!.eventTypes?.has(type) ?? true, text)
    }
  })
})
