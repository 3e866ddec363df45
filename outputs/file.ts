/** Writes alerts to a file of JSON lines, with rotation: for log shippers and for keeping. */
import { resolve } from 'node:path'
import { writeFailure } from '../base/file-failure.ts'
import { printableJson } from '../base/printable.ts'
import type { Alert } from '../rules/alert.ts'
import { LineFile } from './line-file.ts'
import { defineOutput, delivered, type Outcome, type Output, type OutputContext, retry } from './output.ts'

export interface FileSettings {
  readonly path: string
  readonly max_bytes: number
  readonly max_files: number
  readonly fsync: boolean
}

export class FileOutput implements Output {
  readonly #file: LineFile
  readonly #path: string
  /** Sends one after the other: a send that was given up on may still be writing. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(settings: FileSettings, { baseDirectory }: Pick<OutputContext, 'baseDirectory'>) {
    this.#path = resolve(baseDirectory, settings.path)
    const { max_bytes: maxBytes, max_files: maxFiles, fsync } = settings
    this.#file = new LineFile({ path: this.#path, maxBytes, maxFiles, fsync })
  }

  send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]> {
    return this.#inTurn(async () => {
      // It was given up on while it waited for its turn.
      signal.throwIfAborted()
      const lines = alerts.map(alert => `${printableJson(alert)}\n`)
      const { written, error } = await this.#file.append(lines)
      const failed = retry(this.#failure(error))
      return alerts.map((_, index) => (index < written ? delivered : failed))
    })
  }

  async check(): Promise<void> {
    await this.#inTurn(() => this.#file.open()).catch((cause: unknown) => {
      throw new Error(this.#failure(cause), { cause })
    })
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#file.close())
  }

  #failure(error: unknown): string {
    return `cannot write ${this.#path}: ${writeFailure(this.#path, error)}`
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => {})
    return result
  }
}

export const file = defineOutput<FileSettings>({
  type: 'file',
  description: 'Appends alerts to a file, one JSON object per line, and rotates it.',
  schema: {
    type: 'object',
    properties: {
      path: {
        type: 'string',
        minLength: 1,
        examples: ['/var/log/tercel/alerts.jsonl'],
        description: "The file; a relative path starts at the configuration file's folder. Its folder must exist."
      },
      max_bytes: {
        type: 'integer',
        minimum: 4096,
        default: 100_000_000,
        description: 'The file is rotated before it grows beyond this many bytes.'
      },
      max_files: {
        type: 'integer',
        minimum: 0,
        maximum: 1000,
        default: 5,
        description: 'How many rotated files are kept: path.1 is the newest.'
      },
      fsync: {
        type: 'boolean',
        default: true,
        description: 'Whether an alert counts as delivered only once it is on disk (one fdatasync per batch).'
      }
    },
    required: ['path'],
    additionalProperties: false
  },
  maxConcurrency: 1,
  batch: () => ({ maxCount: 1000, maxBytes: 4 * 1024 * 1024 }),
  identity: ({ path }, { baseDirectory }) => resolve(baseDirectory, path),
  target: ({ path }, { baseDirectory }) => resolve(baseDirectory, path),
  create: (settings, context) => new FileOutput(settings, context)
})
