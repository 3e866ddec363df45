/** How everything is, in one answer. */
import type { FastifyInstance } from 'fastify'
import { tercelVersion } from '../../version.ts'
import { outputAnswers, read, spoolAnswer, timeText } from '../answers.ts'
import type { ApiParts } from '../api.ts'
import type { StatusAnswer } from '../api-types.ts'
import { nothing } from './schemas.ts'

export function addStatusRoute(api: FastifyInstance, { spool, outputs, sensor }: ApiParts): void {
  const version = tercelVersion()
  api.get('/status', { schema: { querystring: nothing } }, async (): Promise<StatusAnswer> => {
    const [status, answers] = await Promise.all([read(spool.status()), outputAnswers(spool, outputs)])
    return {
      version,
      started: timeText(Date.now() - process.uptime() * 1000),
      uptime_seconds: Math.floor(process.uptime()),
      sensor: sensor(),
      spool: spoolAnswer(status),
      outputs: answers
    }
  })
}
