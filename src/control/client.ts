/** The control API as commands ask it. Whatever goes wrong is a TercelError that says what to do. */
import { TercelError } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import { explainFailure } from '../../outputs/http/failure.ts'
import type { DeadLetterQuery, ErrorAnswer, ExportQuery } from '../server/api-types.ts'
import { splitLines } from '../text-lines.ts'
import type { ControlAnswer, ControlRequest, Transport } from './transport.ts'

/** The environment variable that has the token. */
export const tokenVariable = 'TERCEL_TOKEN'

type Parameters = DeadLetterQuery & ExportQuery

/** Members that are undefined are left out; a list gives a parameter several times. */
export type Query = { readonly [Name in keyof Parameters]?: Parameters[Name] | undefined }

export interface AskOptions {
  readonly query?: Query
  readonly body?: object
  /** It is about one thing, which may not be there: a 404 is no sign of an older tercel. */
  readonly one?: boolean
}

const answerTimeoutMs = 60_000

/** An answer, or a line of one, is a few MiB at the most. */
const largestAnswer = 64 << 20

export class ControlClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  get<Answer>(path: string, options: AskOptions = {}): Promise<Answer> {
    return this.#ask('GET', path, options)
  }

  post<Answer>(path: string, options: AskOptions = {}): Promise<Answer> {
    return this.#ask('POST', path, options)
  }

  delete<Answer>(path: string, options: AskOptions = {}): Promise<Answer> {
    return this.#ask('DELETE', path, options)
  }

  /** The lines of an answer that is JSON lines, in portions as they come. */
  async *lines(method: 'GET' | 'POST', path: string, options: AskOptions = {}): AsyncGenerator<readonly string[]> {
    const answer = await this.#exchange({
      method,
      path: pathOf(path, options),
      ...bodyOf(options),
      timeoutMs: undefined
    })
    if (answer.status !== 200) throw await this.#refusal(answer, options)
    try {
      for await (const lines of splitLines(answer.body)) {
        const texts = lines.map(({ bytes }) => bytes.toString())
        const failed = texts.find(text => text.startsWith('{"error":'))
        yield texts.filter(text => text !== failed)
        if (failed !== undefined) throw failureOf((JSON.parse(failed) as ErrorAnswer).message)
      }
    } catch (error) {
      throw this.#broken(error)
    }
  }

  close(): Promise<void> {
    return this.#transport.close()
  }

  async #ask<Answer>(method: ControlRequest['method'], path: string, options: AskOptions): Promise<Answer> {
    const timeoutMs = method === 'GET' ? answerTimeoutMs : undefined
    const answer = await this.#exchange({ method, path: pathOf(path, options), ...bodyOf(options), timeoutMs })
    if (answer.status !== 200) throw await this.#refusal(answer, options)
    const text = await this.#text(answer)
    try {
      return JSON.parse(text) as Answer
    } catch {
      throw this.#notTercel()
    }
  }

  async #exchange(request: ControlRequest): Promise<ControlAnswer> {
    try {
      return await this.#transport.exchange(request)
    } catch (error) {
      throw this.#broken(error)
    }
  }

  async #text({ body }: ControlAnswer): Promise<string> {
    const chunks: Buffer[] = []
    let length = 0
    try {
      for await (const chunk of body) {
        chunks.push(chunk)
        length += chunk.length
        if (length > largestAnswer) break
      }
    } catch (error) {
      throw this.#broken(error)
    }
    return Buffer.concat(chunks).toString()
  }

  /** What an answer that is not 200 means. */
  async #refusal(answer: ControlAnswer, { one }: AskOptions): Promise<TercelError> {
    const { error, message } = errorOf(await this.#text(answer))
    if (error === undefined) return this.#notTercel()
    if (error === 'unauthorized' || error === 'forbidden') {
      const remedy = `put the token of server.token into the environment variable ${tokenVariable}`
      return failureOf(`${this.#transport.name} does not let us: ${message}; ${remedy}`)
    }
    if (error === 'not_found' && one !== true) {
      const remedy = 'it is another version than this command: restart it after an update'
      return failureOf(`the tercel at ${this.#transport.name} does not know what it is asked for; ${remedy}`)
    }
    return failureOf(message)
  }

  #notTercel(): TercelError {
    return failureOf(`what answers at ${this.#transport.name} is not the API of tercel: check the address`)
  }

  #broken(error: unknown): TercelError {
    if (error instanceof TercelError) return error
    if (codeOf(error) === 'UND_ERR_HEADERS_TIMEOUT') {
      const reason = `no answer within ${answerTimeoutMs / 1000} s: its log says what it does`
      return failureOf(`${this.#transport.name}: ${reason}`, error)
    }
    return failureOf(explainFailure(error, this.#transport.name).reason, error)
  }
}

function pathOf(path: string, { query = {} }: AskOptions): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) if (each !== undefined) parameters.append(name, String(each))
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`
}

function bodyOf({ body }: AskOptions): { readonly body?: object } {
  return body === undefined ? {} : { body }
}

/** What the answer says; nothing when it is none of tercel's. */
function errorOf(text: string): { readonly error?: string; readonly message: string } {
  try {
    const { error, message } = Object(JSON.parse(text)) as Record<string, unknown>
    if (typeof error === 'string' && typeof message === 'string') return { error, message: printableText(message) }
  } catch {
    // It is not JSON.
  }
  return { message: '' }
}

function failureOf(message: string, cause?: unknown): TercelError {
  return new TercelError('TERCEL_CONTROL', message, { cause })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
