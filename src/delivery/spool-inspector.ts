/** The main thread's end of the thread that looks into the spool's file. One request is under way at a time. */
import { Worker } from 'node:worker_threads'
import { TercelError } from '../../base/errors.ts'
import { resolveModule } from '../paths.ts'
import { type PlainError, tercelError } from '../plain-error.ts'
import type { ExportOptions, ExportPage, InspectorRequestName, InspectorRequests } from './inspection.ts'

export interface ToInspector {
  readonly name: InspectorRequestName
  readonly give: unknown
}

export type FromInspector = { readonly value: unknown } | { readonly error: PlainError }

export class SpoolInspector {
  readonly #worker: Worker
  #answer: PromiseWithResolvers<unknown> | undefined
  #failure: TercelError | undefined

  /** @param file the database. */
  constructor(file: string) {
    const workerData = { file }
    this.#worker = new Worker(resolveModule('src/delivery/spool-inspector-worker.ts'), { workerData, name: 'inspect' })
    this.#worker.on('message', (message: FromInspector) => {
      if ('value' in message) this.#answer?.resolve(message.value)
      else this.#answer?.reject(tercelError(message.error))
    })
    this.#worker.on('error', error => this.#end('TERCEL_DEFECT', 'looking into the spool failed', error))
    this.#worker.on('exit', () => this.#end('TERCEL_SPOOL', 'the spool is closed'))
  }

  async ask<Name extends InspectorRequestName>(
    name: Name,
    give: InspectorRequests[Name]['give']
  ): Promise<InspectorRequests[Name]['get']> {
    if (this.#failure !== undefined) throw this.#failure
    this.#answer = Promise.withResolvers()
    this.#worker.postMessage({ name, give } satisfies ToInspector)
    return this.#answer.promise as Promise<InspectorRequests[Name]['get']>
  }

  /** Gives the lines of an export; the next ones are read when those are taken. */
  async *export(options: ExportOptions): AsyncGenerator<string> {
    let left = options.limit ?? Number.POSITIVE_INFINITY
    for (const name of ['exportAlerts', 'exportDeadLetters'] as const) {
      if (name === 'exportDeadLetters' && options.deadLetters !== true) return
      let page: ExportPage | undefined
      do {
        if (left <= 0) return
        page = await this.ask(name, { options, after: page?.after ?? 0 })
        const lines = page.lines.slice(0, left)
        left -= lines.length
        yield* lines
      } while (!page.done)
    }
  }

  /** Ends the thread; whoever waits for it is refused. */
  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #end(code: 'TERCEL_DEFECT' | 'TERCEL_SPOOL', message: string, cause?: unknown): void {
    this.#failure ??= new TercelError(code, message, { cause })
    this.#answer?.reject(this.#failure)
  }
}
