/** The fields that the exceptions of a rule name must exist, whether or not an exception has values yet. */

import type { Problem } from '../../base/errors.ts'
import type { ExceptionDefinition } from './definitions.ts'
import { Lexer } from './lexer.ts'
import { parseOperand } from './operand-parser.ts'
import { type ReadingContext, readingOf } from './operand-reading.ts'
import { printOperand } from './print.ts'
import { collect, ruleError } from './problems.ts'
import type { SourceText } from './source-text.ts'

/** Reports the fields of exceptions without values that do not exist; those of others stand in the condition. */
export function checkExceptionFields(
  exceptions: readonly ExceptionDefinition[],
  context: ReadingContext,
  problems: Problem[]
): void {
  for (const { fields, values } of exceptions) {
    if (values.length > 0 || fields === undefined) continue
    for (const field of fields.kind === 'list' ? fields.items : [fields]) {
      if (field.kind === 'text') collect(problems, () => checkField(field.text, context), 'LOAD_ERR_VALIDATE')
    }
  }
}

function checkField(field: SourceText, context: ReadingContext): void {
  const lexer = new Lexer(field)
  lexer.skipBlanks()
  const { place } = lexer
  const operand = parseOperand(lexer, 0, 'any')
  if (operand === undefined) throw ruleError(`expected a field, found ${lexer.nextWord()}`, place)
  lexer.skipBlanks()
  if (!lexer.atEnd) throw ruleError(`expected nothing after ${printOperand(operand)}`, lexer.place)
  readingOf(operand, context)
}
