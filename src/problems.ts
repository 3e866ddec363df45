/** Problems of rules as commands print them: with the line, and without the secrets of the configuration. */
import { formatProblem, type Problem, type TercelError } from '../base/errors.ts'
import { printableText } from '../base/printable.ts'
import { problemText, type Severity } from '../base/problem-text.ts'
import { redact } from './log.ts'

/** The problem as compilers print it. */
export function printedProblem({ message, place, code, line }: Problem, severity: Severity): string {
  return problemText(
    {
      message: redact(message),
      place: place && { ...place, file: redact(place.file) },
      code,
      // A mark would stand under the wrong column of a line in which something is hidden.
      line: line !== undefined && redact(line) === line ? line : undefined
    },
    severity
  )
}

/** The problems of an error: those of rules as compilers print them, any others on a line each. */
export function printedProblems({ code, problems }: TercelError): string[] {
  if (code === 'TERCEL_RULES') return problems.map(problem => printedProblem(problem, 'error'))
  return problems.map(problem => printableText(redact(formatProblem(problem))))
}
