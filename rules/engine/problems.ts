/** Problems of rule text: each is thrown as a TercelError where it is found and collected where a file is loaded. */

import { type Place, type Problem, TercelError } from '../../base/errors.ts'

/** What keeps rules from being loaded. Where Falco's own loader has a word for it, it is this one. */
export const errorCodes = {
  LOAD_ERR_FILE_READ: 'A file cannot be read.',
  LOAD_ERR_YAML_PARSE: 'A file is not YAML.',
  LOAD_ERR_YAML_VALIDATE: 'A key is missing, or its value is of another kind than it must be.',
  LOAD_ERR_VALIDATE:
    'What items say does not fit together: a name that is not defined, an exception whose values do not fit.',
  LOAD_ERR_COMPILE_CONDITION: 'A condition cannot be read, or compares what cannot be compared.',
  LOAD_ERR_UNKNOWN_FILTER: 'A field or an event type is not known.',
  LOAD_ERR_COMPILE_OUTPUT: 'An output cannot be read.'
} as const

export type ErrorCode = keyof typeof errorCodes

/** What the person who wrote the rules should know, and what stops nothing. */
export const warningCodes = {
  LOAD_UNKNOWN_SOURCE: 'No events have the source of a rule; the rule is left out.',
  LOAD_NO_EVTTYPE: 'A rule admits every event type, so that it is tried on every event.',
  LOAD_UNKNOWN_FILTER: 'A rule names what is not known, and is left out as skip-if-unknown-filter asks for.',
  LOAD_UNUSED_MACRO: 'Nothing uses a macro.',
  LOAD_UNUSED_LIST: 'Nothing uses a list.',
  LOAD_UNKNOWN_ITEM: 'An item is neither rule nor macro nor list; or a switch or an addition fits no rule.',
  LOAD_DEPRECATED_ITEM: 'A form that Falco is going to drop.',
  LOAD_DEPRECATED_FIELD: 'A field that Falco is going to drop, or has dropped.',
  LOAD_APPEND_NO_VALUES: 'Nothing is added to an exception.',
  LOAD_EXCEPTION_NAME_NOT_UNIQUE: 'A rule has two exceptions of one name.',
  LOAD_INVALID_MACRO_NAME: 'A condition cannot name the macro.',
  LOAD_INVALID_LIST_NAME: 'A condition may not be able to name the list.',
  LOAD_UNKNOWN_KEY: 'A key that means nothing here.',
  LOAD_COMPILE_CONDITION: 'A constant is the name of a field: it is compared as a text; val() would compare the field.',
  LOAD_IGNORED_KEY: 'A key that is known and changes nothing, or stands there twice.',
  LOAD_FIELD_NOT_FILLED: 'Nothing delivers a field that a rule waits for: it is missing in every event.',
  LOAD_CALL_NOT_TRACED: 'The sensor does not trace a system call that a rule waits for.',
  LOAD_NOT_UTF8: 'A file has bytes that are not UTF-8.'
} as const

export type WarningCode = keyof typeof warningCodes

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
