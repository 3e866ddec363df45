/**
 * Every error that tercel raises on purpose is a TercelError with a code of this one table.
 *
 * Operator errors (a wrong configuration, a missing privilege, a full disk) say what to do and are printed without a
 * stack trace. Defects are ours: they are printed with one.
 */

/** Exit codes of sysexits.h: 69 EX_UNAVAILABLE, 70 EX_SOFTWARE, 74 EX_IOERR, 78 EX_CONFIG. */
const errorTable = {
  TERCEL_CONFIG: { exitCode: 78, operator: true },
  TERCEL_RULES: { exitCode: 78, operator: true },
  TERCEL_SENSOR: { exitCode: 78, operator: true },
  TERCEL_SPOOL: { exitCode: 74, operator: true },
  TERCEL_RECORDING: { exitCode: 78, operator: true },
  TERCEL_CONTROL: { exitCode: 69, operator: true },
  TERCEL_WRITE: { exitCode: 74, operator: true },
  TERCEL_DEFECT: { exitCode: 70, operator: false }
} as const

export type ErrorCode = keyof typeof errorTable

/** A position in a text file. Line and column count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing that is wrong in a file, with where it is and what would be right. */
export interface Problem {
  readonly message: string
  readonly place?: Place | undefined
  /** A word that stays the same when the message is put better: for scripts, and to silence a warning by. */
  readonly code?: string | undefined
  /** The line of the file that the place is in. */
  readonly line?: string | undefined
}

export interface TercelErrorOptions {
  readonly cause?: unknown
  /** All that is wrong, when one run found more than one thing. */
  readonly problems?: readonly Problem[]
}

export class TercelError extends Error {
  readonly code: ErrorCode
  readonly problems: readonly Problem[]

  constructor(code: ErrorCode, message: string, options: TercelErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'TercelError'
    this.code = code
    this.problems = options.problems ?? []
  }

  get exitCode(): number {
    return errorTable[this.code].exitCode
  }

  /** True when the person who runs tercel can mend it; false when it is a defect of tercel. */
  get operator(): boolean {
    return errorTable[this.code].operator
  }
}

/** `file:line:column: message`, the form that editors and terminals make clickable. */
export function formatProblem({ message, place }: Problem): string {
  return place === undefined ? message : `${place.file}:${place.line}:${place.column}: ${message}`
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
