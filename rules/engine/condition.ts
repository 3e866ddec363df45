/** One condition on its own, over events that are given as fields. */

import { type Problem, TercelError } from '../../base/errors.ts'
import { checkCondition } from './check.ts'
import { eventNames } from './event-names.ts'
import { type FieldEvent, givenExtraction } from './field-event.ts'
import type { Context } from './fields/field.ts'
import { linesOf } from './load.ts'
import { collect, ruleError } from './problems.ts'
import { compileProgram } from './program.ts'
import { Resolver } from './resolve.ts'
import { wholeText } from './source-text.ts'

/** What a condition at the prompt is called in messages. */
const file = 'condition'

/** Nothing but the event is known. */
const nowhere: Context = {
  hostname: '',
  names: { user: () => undefined, group: () => undefined },
  eventNumber: 0
}

/**
 * Compiles a condition without lists and macros.
 *
 * @throws TercelError TERCEL_RULES with every problem of the condition; the function throws a GivenEventError where a value of
 *   the event is none that its field can have
 */
export function conditionOverFields(text: string, source = 'syscall'): (event: FieldEvent) => boolean {
  const problems: Problem[] = []
  if (!eventNames.has(source)) throw ruleError(`unknown source ${source}`)
  const resolver = new Resolver(new Map(), new Map())
  const condition = collect(problems, () => resolver.resolve(wholeText(text, file)), 'LOAD_ERR_COMPILE_CONDITION')
  const plan =
    condition && checkCondition(condition, { source, problems, extractionOf: givenExtraction, onField: () => {} })
  if (plan === undefined || problems.length > 0) {
    const placed = problems.map(linesOf([{ path: file, text }]))
    throw new TercelError('TERCEL_RULES', 'The condition does not compile.', { problems: placed })
  }
  const program = compileProgram([plan], undefined, 'first')
  return event => {
    const matched: number[] = []
    program(event, nowhere, matched)
    return matched.length > 0
  }
}
