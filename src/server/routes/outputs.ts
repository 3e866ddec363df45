/** The outputs, and forgetting one that is no longer configured. */
import type { FastifyInstance } from 'fastify'
import { outputAnswers, read, written } from '../answers.ts'
import type { ApiParts } from '../api.ts'
import type { ForgottenAnswer, OutputsAnswer } from '../api-types.ts'
import { RequestError } from '../errors.ts'
import { nothing } from './schemas.ts'

const named = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$' } }
} as const

export function addOutputRoutes(api: FastifyInstance, { spool, outputs, log }: ApiParts): void {
  api.get('/outputs', { schema: { querystring: nothing } }, async (): Promise<OutputsAnswer> => {
    return { outputs: await outputAnswers(spool, outputs) }
  })

  api.delete<{ Params: { name: string } }>(
    '/outputs/:name',
    { schema: { params: named, querystring: nothing } },
    async ({ params: { name } }): Promise<ForgottenAnswer> => {
      if (outputs.some(output => output.name === name)) {
        const message = `the output ${name} is configured: take it out of the configuration first`
        throw new RequestError(409, 'conflict', message)
      }
      if (!(await read(spool.outputs())).includes(name)) {
        throw new RequestError(404, 'not_found', `the spool knows no output ${name}`)
      }
      const givenUp = await written(spool.forget(name))
      log.info({ output: name, givenUp }, 'the output was forgotten, with the alerts that waited for it')
      return { name, given_up: givenUp }
    }
  )
}
