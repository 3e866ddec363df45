/** What went wrong with a request, as it is answered: always JSON, one word for programs and one line for people. */
import type { FastifyError } from 'fastify'
import { messageOf, TercelError } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { redact } from '../log.ts'
import type { ErrorAnswer } from './api-types.ts'

/** A request that is refused on purpose. */
export class RequestError extends Error {
  readonly status: number
  readonly error: ErrorAnswer['error']

  constructor(status: number, error: ErrorAnswer['error'], message: string) {
    super(message)
    this.status = status
    this.error = error
  }
}

export interface FailedAnswer {
  readonly status: number
  readonly answer: ErrorAnswer
  /** It is ours to mend, and belongs into the log. */
  readonly defect: boolean
}

/** Makes an answer of whatever was thrown. Nothing of a defect is told to the client. */
export function failedAnswer(error: unknown): FailedAnswer {
  if (error instanceof RequestError) return failed(error.status, error.error, error.message)
  if (error instanceof TercelError && error.operator) return failed(503, 'unavailable', error.message)
  const { validation, validationContext = 'request', statusCode = 500 } = Object(error) as Partial<FastifyError>
  if (validation !== undefined)
    return failed(400, 'bad_request', validation.map(finding => explain(finding, validationContext)).join('; '))
  if (statusCode === 413) return failed(413, 'too_large', 'the body is larger than 64 KiB')
  if (statusCode >= 400 && statusCode < 500) return failed(statusCode, 'bad_request', messageOf(error))
  const answer = { error: 'defect', message: 'tercel could not answer this: its log says why' } as const
  return { status: 500, answer, defect: true }
}

function failed(status: number, error: ErrorAnswer['error'], message: string): FailedAnswer {
  return { status, answer: { error, message: printableText(redact(message)) }, defect: false }
}

type Finding = NonNullable<FastifyError['validation']>[number] & { readonly parentSchema?: { properties?: object } }

function explain({ instancePath, keyword, params, message, parentSchema }: Finding, part: string): string {
  const where = `${instancePath === '' ? part : instancePath.slice(1).replaceAll('/', '.')}: `
  if (keyword === 'additionalProperties') {
    const known = Object.keys(parentSchema?.properties ?? {})
    const key = String(params.additionalProperty)
    const expected = known.length === 0 ? 'none is taken here' : `expected one of ${known.join(', ')}`
    return `${where}unknown key ${key}: ${expected}${didYouMean(key, known)}`
  }
  if (keyword === 'enum') return `${where}expected one of ${(params.allowedValues as unknown[]).join(', ')}`
  return `${where}${message ?? 'not valid'}`
}
