/** What takes long: checking the spool, making it small, reading all of it. The answers are streams. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { priorities, severityOf } from '../../../rules/alert.ts'
import type { ExportOptions } from '../../delivery/inspection.ts'
import type { Log } from '../../delivery/log.ts'
import type { Spool } from '../../delivery/spool.ts'
import type {
  CompactAnswer,
  CompactProgressAnswer,
  ExportQuery,
  VerifyAnswer,
  VerifyProgressAnswer
} from '../api-types.ts'
import { Gate } from '../gate.ts'
import { jsonLines, progressLines, withErrorLine } from '../json-lines.ts'
import { msOf, nothing, text, time } from './schemas.ts'

/** The part of the spool that these routes ask. */
export type SpoolMaintenance = Pick<Spool, 'verify' | 'compact' | 'export'>

const exportSchema = {
  ...nothing,
  properties: {
    output: text,
    rule: text,
    priority: { type: 'string', enum: priorities },
    since: time,
    until: time,
    limit: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    dead_letters: { type: 'boolean' }
  }
} as const

/** Each has a reader of its own in the spool. */
const mostExports = 4

export function addMaintenanceRoutes(api: FastifyInstance, spool: SpoolMaintenance, log: Log): void {
  const one = new Gate({
    most: 1,
    status: 409,
    message: 'the spool is being verified or compacted already: try again when that has ended'
  })
  const addTask = <Progress>(name: string, task: (onProgress: (progress: Progress) => void) => Promise<object>) => {
    api.post(`/spool/${name}`, { schema: { querystring: nothing } }, async (_, reply) => {
      const leave = one.enter()
      const lines = progressLines<Progress, object>(onProgress => task(onProgress).finally(leave), log)
      return reply.type(jsonLines).send(Readable.from(lines))
    })
  }

  addTask<VerifyProgressAnswer>('verify', async (onProgress): Promise<VerifyAnswer> => {
    const { deadLetters, ...report } = await spool.verify(onProgress)
    log.info({ ...report, deadLetters }, 'the spool was verified')
    return { ...report, dead_letters: deadLetters }
  })

  addTask<CompactProgressAnswer>('compact', async (onProgress): Promise<CompactAnswer> => {
    const report = await spool.compact(({ givenBytes, freeBytes }) => {
      onProgress({ given_bytes: givenBytes, free_bytes: freeBytes })
    })
    log.info({ ...report }, 'the spool was compacted')
    return { before_bytes: report.before, after_bytes: report.after }
  })

  const exports = new Gate({
    most: mostExports,
    status: 409,
    message: `${mostExports} exports run already: try again when one has ended`
  })
  api.get<{ Querystring: ExportQuery }>(
    '/spool/export',
    { schema: { querystring: exportSchema }, exposeHeadRoute: false },
    async ({ query }, reply) => {
      const leave = exports.enter()
      const lines = withErrorLine(spool.export(optionsOf(query)), log)
      return reply.type(jsonLines).send(Readable.from(lines).once('close', leave))
    }
  )
}

function optionsOf({ since, until, priority, dead_letters: deadLetters, ...same }: ExportQuery): ExportOptions {
  const maxSeverity = priority && severityOf(priority)
  return { ...same, maxSeverity, sinceMs: msOf(since), untilMs: msOf(until), deadLetters }
}
