/** Dead letters: to list, count, look at, replay and drop them. */
import { finished } from 'node:stream/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { DeadLetterFilter } from '../../delivery/dead-letter-scan.ts'
import { deadLetterAnswer, read, written } from '../answers.ts'
import type { ApiParts } from '../api.ts'
import type {
  DeadLetterAnswer,
  DeadLetterChoice,
  DeadLetterCountAnswer,
  DeadLetterFilterBody,
  DeadLetterQuery,
  DeadLettersAnswer,
  DroppedAnswer,
  ReplayedAnswer
} from '../api-types.ts'
import { RequestError } from '../errors.ts'
import { Gate } from '../gate.ts'
import { filterProperties, filterSchema, letterId, msOf, nothing } from './schemas.ts'

const mostAtOnce = 1_000

/** Each is up to 1 MiB of alerts, and several times that until its client has taken it. */
const mostLooks = 2

const querySchema = {
  ...filterSchema,
  properties: {
    ...filterProperties,
    limit: { type: 'integer', minimum: 1, maximum: mostAtOnce, default: 100 },
    after: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
  }
} as const

const choiceSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { filter: filterSchema, all: { type: 'boolean' } }
} as const

export function addDeadLetterRoutes(api: FastifyInstance, { spool, log }: ApiParts): void {
  const looks = new Gate({
    most: mostLooks,
    status: 503,
    message: `${mostLooks} requests for dead letters are being answered: try again in a moment`
  })
  /** Of those that ask, a few at a time: until the spool has done its part, and the answer is sent. */
  const look = <T>(reply: FastifyReply, ask: () => Promise<T>): Promise<T> => {
    const leave = looks.enter()
    const answer = ask()
    void Promise.allSettled([answer, finished(reply.raw)]).then(leave)
    return read(answer)
  }

  api.get<{ Querystring: DeadLetterQuery }>(
    '/dead-letters',
    { schema: { querystring: querySchema } },
    async ({ query }, reply): Promise<DeadLettersAnswer> => {
      const { limit = 100, after, ...filter } = query
      const letters = await look(reply, () => spool.deadLetters({ ...filterOf(filter), after }, limit))
      return { dead_letters: letters.map(deadLetterAnswer), next: letters.at(-1)?.id ?? null }
    }
  )

  api.get<{ Querystring: DeadLetterFilterBody }>(
    '/dead-letters/count',
    { schema: { querystring: filterSchema } },
    async ({ query }, reply): Promise<DeadLetterCountAnswer> => {
      const outputs = await look(reply, () => spool.countDeadLetters(filterOf(query)))
      const sum = (of: 'count' | 'bytes') => outputs.reduce((total, each) => total + each[of], 0)
      return { count: sum('count'), bytes: sum('bytes'), outputs }
    }
  )

  api.get<{ Params: { id: number } }>(
    '/dead-letters/:id',
    { schema: { params: { type: 'object', properties: { id: letterId } }, querystring: nothing } },
    async ({ params: { id } }, reply): Promise<DeadLetterAnswer> => {
      const [letter] = await look(reply, () => spool.deadLetters({ ids: [id] }, 1))
      if (letter === undefined) throw new RequestError(404, 'not_found', `there is no dead letter ${id}`)
      return deadLetterAnswer(letter)
    }
  )

  const choosing = { schema: { body: choiceSchema, querystring: nothing } }

  api.post<{ Body: DeadLetterChoice }>('/dead-letters/replay', choosing, async ({ body }): Promise<ReplayedAnswer> => {
    const replayed = await written(spool.replayDeadLetters(chosen(body)))
    log.info({ deadLetters: replayed, choice: body }, 'dead letters were replayed')
    return { replayed }
  })

  api.post<{ Body: DeadLetterChoice }>('/dead-letters/drop', choosing, async ({ body }): Promise<DroppedAnswer> => {
    const dropped = await written(spool.dropDeadLetters(chosen(body)))
    log.info({ deadLetters: dropped, choice: body }, 'dead letters were dropped')
    return { dropped }
  })
}

/** A slip must not mean all of them. */
function chosen(choice: DeadLetterChoice): DeadLetterFilter {
  const { filter, all } = choice as { filter?: DeadLetterFilterBody; all?: boolean }
  const isEmpty = filter === undefined || Object.keys(filter).length === 0
  if (isEmpty && all === true) return {}
  if (!isEmpty && all === undefined) return filterOf(filter)
  throw new RequestError(400, 'bad_request', 'say which dead letters: either {"filter": {...}} or {"all": true}')
}

function filterOf({ output, rule, reason, since, until, id }: DeadLetterFilterBody): DeadLetterFilter {
  return { output, rule, reason, sinceMs: msOf(since), untilMs: msOf(until), ids: id }
}
