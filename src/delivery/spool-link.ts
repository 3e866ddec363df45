/** The main thread's end of the spool's thread: requests and settlements go out, answers and news come in. */
import { type Transferable, Worker } from 'node:worker_threads'
import { TercelError } from '../../base/errors.ts'
import { resolveModule } from '../paths.ts'
import { tercelError } from '../plain-error.ts'
import type { Settlement } from './cursor.ts'
import type { FromSpool, SpoolRequestName, SpoolRequests, SpoolWorkerData, ToSpool } from './messages.ts'
import { SettlementBuffer } from './settlement-buffer.ts'

/** What the thread tells unasked. */
export type SpoolNews = Extract<FromSpool, { kind: 'status' | 'shed' | 'droppedDeadLetters' }>

export interface SpoolLinkOptions {
  readonly onNews: (news: SpoolNews) => void
  /** Called once, when the thread has ended, however that came. Nothing is answered after it. */
  readonly onEnd: (error: TercelError) => void
}

export interface Asked<Name extends SpoolRequestName> {
  readonly answer: Promise<SpoolRequests[Name]['get']>
  /** Takes the request back and answers it with this, without waiting for the thread, which a disk may hold up. */
  readonly cancel: (value: SpoolRequests[Name]['get']) => void
}

export class SpoolLink {
  readonly #worker: Worker
  readonly #options: SpoolLinkOptions
  readonly #settlements = new SettlementBuffer((output, settlements) => {
    this.#worker.postMessage({ kind: 'settle', output, settlements } satisfies ToSpool)
  })
  readonly #requests = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #opened = Promise.withResolvers<void>()
  readonly #exited: Promise<unknown>
  #nextId = 1
  #failure: TercelError | undefined

  constructor(data: SpoolWorkerData, options: SpoolLinkOptions) {
    this.#options = options
    this.#worker = new Worker(resolveModule('src/delivery/spool-worker.ts'), { workerData: data, name: 'spool' })
    this.#exited = new Promise(resolve => this.#worker.once('exit', resolve))
    this.#worker.on('message', (message: FromSpool) => this.#take(message))
    this.#worker.on('error', error => this.#end(new TercelError('TERCEL_DEFECT', 'the spool failed', { cause: error })))
    this.#worker.on('exit', () => this.#end(new TercelError('TERCEL_SPOOL', 'the spool is closed')))
  }

  /** Resolves when the thread has opened the spool; rejects when it cannot. */
  get opened(): Promise<void> {
    return this.#opened.promise
  }

  /** Whether the thread has ended. */
  get ended(): boolean {
    return this.#failure !== undefined
  }

  /** Asks for something; what was settled before is known when it is answered. */
  ask<Name extends SpoolRequestName>(name: Name, give: SpoolRequests[Name]['give']): Asked<Name> {
    if (this.#failure !== undefined) return { answer: Promise.reject(this.#failure), cancel: () => {} }
    const id = this.#nextId++
    const answer = Promise.withResolvers<unknown>()
    this.#requests.set(id, answer)
    this.post({ kind: 'request', id, name, give } as ToSpool)
    const cancel = (value: SpoolRequests[Name]['get']) => {
      this.post({ kind: 'cancel', id })
      this.#answered(id)?.resolve(value)
    }
    return { answer: answer.promise as Asked<Name>['answer'], cancel }
  }

  settle(output: string, settlements: readonly Settlement[]): void {
    this.#settlements.add(output, settlements)
  }

  post(message: ToSpool, transfer: readonly Transferable[] = []): void {
    this.#settlements.flush()
    this.#worker.postMessage(message, transfer)
  }

  /** Asks the thread to close, and waits for its end. */
  async close(): Promise<void> {
    if (this.ended) return
    await this.ask('close', {}).answer
    await this.#exited
  }

  #take(message: FromSpool): void {
    if (message.kind === 'opened') this.#opened.resolve()
    else if (message.kind === 'reply') this.#answered(message.id)?.resolve(message.value)
    else if (message.kind === 'refused') this.#answered(message.id)?.reject(tercelError(message.error))
    else if (message.kind === 'failed') this.#end(tercelError(message.error))
    else this.#options.onNews(message)
  }

  #answered(id: number): PromiseWithResolvers<unknown> | undefined {
    const answer = this.#requests.get(id)
    this.#requests.delete(id)
    return answer
  }

  #end(error: TercelError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#opened.promise.catch(() => {})
    this.#opened.reject(error)
    for (const answer of this.#requests.values()) answer.reject(error)
    this.#requests.clear()
    this.#options.onEnd(error)
  }
}
