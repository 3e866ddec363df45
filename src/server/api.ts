/**
 * The control API: its routes, over whatever spool they are given. The server serves it; a command that finds no tercel
 * running may open the spool itself and ask with `inject`. docs/server.md describes it, api-types.ts has its shapes.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Lane } from '../delivery/lane.ts'
import type { Log } from '../delivery/log.ts'
import type { Spool } from '../delivery/spool.ts'
import { refusalOf } from './access.ts'
import type { SensorAnswer } from './api-types.ts'
import { createApp } from './app.ts'
import { RequestError } from './errors.ts'
import { addDeadLetterRoutes } from './routes/dead-letters.ts'
import { addMaintenanceRoutes } from './routes/maintenance.ts'
import { addOutputRoutes } from './routes/outputs.ts'
import { addSpoolRoutes } from './routes/spool.ts'
import { addStatusRoute } from './routes/status.ts'

export type ApiSpool = Pick<
  Spool,
  | 'status'
  | 'outputs'
  | 'books'
  | 'forget'
  | 'deadLetters'
  | 'countDeadLetters'
  | 'replayDeadLetters'
  | 'dropDeadLetters'
  | 'verify'
  | 'compact'
  | 'export'
>

/** An output of the configuration. */
export interface ApiOutput {
  readonly name: string
  readonly type: string
  /** Undefined when nobody serves it. */
  readonly lane: Pick<Lane, 'health' | 'activity'> | undefined
}

export interface ApiParts {
  readonly spool: ApiSpool
  readonly outputs: readonly ApiOutput[]
  readonly sensor: () => SensorAnswer
  readonly log: Log
}

export const apiPrefix = '/api/v1'

/** Adds the routes; with `guard`, what it throws refuses a request. */
export function addApi(app: FastifyInstance, parts: ApiParts, guard?: Guard): void {
  app.register(
    async api => {
      if (guard !== undefined) api.addHook('onRequest', async request => guard(request))
      addStatusRoute(api, parts)
      addOutputRoutes(api, parts)
      addDeadLetterRoutes(api, parts)
      addSpoolRoutes(api, parts)
      addMaintenanceRoutes(api, parts.spool, parts.log)
    },
    { prefix: apiPrefix }
  )
}

export type Guard = (request: Pick<FastifyRequest, 'method' | 'headers' | 'socket'>) => void

/** Lets those in whom access.ts does. */
export function httpGuard(token: string | undefined): Guard {
  return ({ method, headers, socket }) => {
    const { host, origin, authorization, via, forwarded } = headers
    const isForwarded = (via ?? forwarded ?? headers['x-forwarded-for']) !== undefined
    const peer = socket.remoteAddress
    const fetchSite = headers['sec-fetch-site']?.toString()
    const refusal = refusalOf({ method, peer, host, origin, fetchSite, authorization, forwarded: isForwarded }, token)
    if (refusal !== undefined) throw new RequestError(refusal.status, refusal.error, refusal.message)
  }
}

/** The API alone, of a spool that no tercel runs on: to be asked with `inject`. */
export function createOfflineApi({
  outputs,
  ...parts
}: Pick<ApiParts, 'spool' | 'log'> & OfflineParts): FastifyInstance {
  const app = createApp(parts.log)
  const sensor = (): SensorAnswer => ({ state: 'offline', message: 'no tercel runs on this spool', since: null })
  addApi(app, { ...parts, sensor, outputs: outputs.map(output => ({ ...output, lane: undefined })) })
  return app
}

interface OfflineParts {
  readonly outputs: readonly Pick<ApiOutput, 'name' | 'type'>[]
}
