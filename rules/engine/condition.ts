/** One condition on its own: over events that are given as fields, or over alerts. */

import { type Problem, TercelError } from '../../base/errors.ts'
import type { Event } from '../../collector/event.ts'
import { checkCondition } from './check.ts'
import { eventNames } from './event-names.ts'
import { type FieldEvent, givenExtraction } from './field-event.ts'
import type { Context } from './fields/field.ts'
import { linesOf } from './load.ts'
import type { ReadingContext } from './operand-reading.ts'
import { collect, ruleError } from './problems.ts'
import { compileProgram } from './program.ts'
import { Resolver } from './resolve.ts'
import { type SourceText, wholeText } from './source-text.ts'

/** What a condition at the prompt is called in messages. */
const file = 'condition'

/** Nothing but the event is known. */
export const nowhere: Context = {
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
  if (!eventNames.has(source)) throw ruleError(`unknown source ${source}`)
  try {
    return compileCondition(wholeText(text, file), { source, extractionOf: givenExtraction, onField: () => {} })
  } catch (error) {
    if (!(error instanceof TercelError)) throw error
    const problems = error.problems.map(linesOf([{ path: file, text }]))
    throw new TercelError('TERCEL_RULES', 'The condition does not compile.', { problems })
  }
}

/** @throws TercelError TERCEL_RULES with every problem of the condition */
export function compileCondition(text: SourceText, context: ReadingContext): (event: Event) => boolean {
  const problems: Problem[] = []
  const resolver = new Resolver(new Map(), new Map())
  const condition = collect(problems, () => resolver.resolve(text), 'LOAD_ERR_COMPILE_CONDITION')
  const plan = condition && checkCondition(condition, { ...context, problems })
  if (plan === undefined || problems.length > 0) {
    throw new TercelError('TERCEL_RULES', 'The condition does not compile.', { problems })
  }
  const program = compileProgram([plan], undefined, 'first')
  const matched: number[] = []
  return event => {
    matched.length = 0
    program(event, nowhere, matched)
    return matched.length > 0
  }
}
