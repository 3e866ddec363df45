/** Problems of rule text: each is thrown as a TercelError where it is found and collected where a file is loaded. */

import { type Place, type Problem, TercelError } from '../../base/errors.ts'

/** What keeps rules from being loaded. The words are those that Falco's own loader uses for it. */
export type ErrorCode =
  | 'LOAD_ERR_FILE_READ'
  | 'LOAD_ERR_YAML_PARSE'
  | 'LOAD_ERR_YAML_VALIDATE'
  | 'LOAD_ERR_VALIDATE'
  | 'LOAD_ERR_COMPILE_CONDITION'
  | 'LOAD_ERR_UNKNOWN_FILTER'
  | 'LOAD_ERR_COMPILE_OUTPUT'

/** What the person who wrote the rules should know. The last four are of this engine alone. */
export type WarningCode =
  | 'LOAD_UNKNOWN_SOURCE'
  | 'LOAD_NO_EVTTYPE'
  | 'LOAD_UNKNOWN_FILTER'
  | 'LOAD_UNUSED_MACRO'
  | 'LOAD_UNUSED_LIST'
  | 'LOAD_UNKNOWN_ITEM'
  | 'LOAD_DEPRECATED_ITEM'
  | 'LOAD_DEPRECATED_FIELD'
  | 'LOAD_APPEND_NO_VALUES'
  | 'LOAD_EXCEPTION_NAME_NOT_UNIQUE'
  | 'LOAD_INVALID_MACRO_NAME'
  | 'LOAD_INVALID_LIST_NAME'
  | 'LOAD_UNKNOWN_KEY'
  | 'LOAD_COMPILE_CONDITION'
  | 'LOAD_IGNORED_KEY'
  | 'LOAD_FIELD_NOT_FILLED'
  | 'LOAD_CALL_NOT_TRACED'
  | 'LOAD_NOT_UTF8'

/** Where a file's problems and warnings go. */
export interface Report {
  readonly problems: Problem[]
  readonly warnings: Problem[]
}

/** An error with one problem in it; who collects it knows its code. */
export function ruleError(message: string, place?: Place, code?: ErrorCode): TercelError {
  return new TercelError('TERCEL_RULES', message, { problems: [{ message, place, code }] })
}

/**
 * Runs `step`; what is wrong with the rules goes to `problems`, under `code` where it has none of its own, and the result is
 * then undefined.
 */
export function collect<Result>(problems: Problem[], step: () => Result, code: ErrorCode): Result | undefined {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof TercelError) || error.code !== 'TERCEL_RULES') throw error
    problems.push(...error.problems.map(problem => ({ ...problem, code: problem.code ?? code })))
    return undefined
  }
}

export function warn(report: Report, code: WarningCode, message: string, place?: Place): void {
  report.warnings.push({ message, place, code })
}
