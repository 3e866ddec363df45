/** The spool: how it is. */
import type { FastifyInstance } from 'fastify'
import { read, spoolAnswer } from '../answers.ts'
import type { ApiParts } from '../api.ts'
import type { SpoolAnswer } from '../api-types.ts'
import { nothing } from './schemas.ts'

export function addSpoolRoutes(api: FastifyInstance, { spool }: ApiParts): void {
  api.get('/spool', { schema: { querystring: nothing } }, async (): Promise<SpoolAnswer> => {
    return spoolAnswer(await read(spool.status()))
  })
}
