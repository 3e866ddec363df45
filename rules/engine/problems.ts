/** Problems of rule text: each is thrown as a TercelError where it is found and collected where a file is loaded. */

import { type Place, type Problem, TercelError } from '../../base/errors.ts'

/** Where a file's problems and warnings go. */
export interface Report {
  readonly problems: Problem[]
  readonly warnings: Problem[]
}

/** An error with one problem in it. */
export function ruleError(message: string, place?: Place): TercelError {
  return new TercelError('TERCEL_RULES', message, { problems: [{ message, place }] })
}

/** Runs `step`; what is wrong with the rules goes to `problems`, and the result is then undefined. */
export function collect<Result>(problems: Problem[], step: () => Result): Result | undefined {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof TercelError) || error.code !== 'TERCEL_RULES') throw error
    problems.push(...error.problems)
    return undefined
  }
}
