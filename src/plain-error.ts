/** Errors between threads: structured cloning would lose the class, the code and the problems. */
import { type ErrorCode, messageOf, type Problem, TercelError } from '../base/errors.ts'

export interface PlainError {
  readonly message: string
  readonly code: ErrorCode
  readonly problems: readonly Problem[]
  readonly stack: string | undefined
}

/** What was thrown, ready to be sent; anything but a TercelError is a defect. */
export function plainError(error: unknown): PlainError {
  const stack = error instanceof Error ? error.stack : undefined
  if (!(error instanceof TercelError)) return { message: messageOf(error), code: 'TERCEL_DEFECT', problems: [], stack }
  const { message, code, problems } = error
  return { message, code, problems, stack }
}

/** The error that another thread sent. */
export function tercelError({ message, code, problems, stack }: PlainError): TercelError {
  const error = new TercelError(code, message, { problems })
  if (stack !== undefined) error.stack = stack
  return error
}
