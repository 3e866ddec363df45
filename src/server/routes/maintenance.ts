/** What takes long: checking the spool, making it small, reading all of it. The answers are streams. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Log } from '../../delivery/log.ts'
import { RequestError } from '../errors.ts'
import { jsonLines, progressLines, withErrorLine } from '../json-lines.ts'
import { msOf, nothing, text, time } from './schemas.ts'

type OnProgress = (progress: unknown) => void

/** The part of the spool that these routes ask. */
export interface SpoolMaintenance {
  verify(onProgress: OnProgress): Promise<unknown>
  compact(onProgress: OnProgress): Promise<unknown>
  /** JSON lines. */
  export(options: ExportOptions): AsyncIterable<string>
}

export interface ExportOptions {
  readonly output?: string | undefined
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
}

const exportSchema = { ...nothing, properties: { output: text, since: time, until: time } } as const

/** Each has a reader of its own in the spool. */
const mostExports = 4

export function addMaintenanceRoutes(api: FastifyInstance, spool: SpoolMaintenance, log: Log): void {
  const one = new Gate(1, 'the spool is being verified or compacted already: try again when that has ended')
  for (const name of ['verify', 'compact'] as const) {
    api.post(`/spool/${name}`, { schema: { querystring: nothing } }, async (_, reply) => {
      const leave = one.enter()
      log.info({}, `the spool: ${name}`)
      const run = (onProgress: OnProgress) => spool[name](onProgress).finally(leave)
      return reply.type(jsonLines).send(Readable.from(progressLines(run, log)))
    })
  }

  const exports = new Gate(mostExports, `${mostExports} exports run already: try again when one has ended`)
  api.get<{ Querystring: { output?: string; since?: string; until?: string } }>(
    '/spool/export',
    { schema: { querystring: exportSchema }, exposeHeadRoute: false },
    async ({ query: { output, since, until } }, reply) => {
      const leave = exports.enter()
      const lines = spool.export({ output, sinceMs: msOf(since), untilMs: msOf(until) })
      const stream = Readable.from(withErrorLine(lines, log)).once('close', leave)
      return reply.type(jsonLines).send(stream)
    }
  )
}

/** Lets a few in at a time. */
class Gate {
  readonly #most: number
  readonly #full: string
  #inside = 0

  constructor(most: number, full: string) {
    this.#most = most
    this.#full = full
  }

  /** Gives what says that it is over. */
  enter(): () => void {
    if (this.#inside >= this.#most) throw new RequestError(409, 'busy', this.#full)
    this.#inside += 1
    return () => {
      this.#inside -= 1
    }
  }
}
