/** What probes and Prometheus ask; open to everybody who can connect, so there is no alert and no secret in it. */
import type { FastifyInstance } from 'fastify'
import type { ReadyAnswer } from '../api-types.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Readiness } from '../readiness.ts'

export interface HealthParts {
  readonly readiness: Pick<Readiness, 'reasons'>
  readonly metrics: Pick<Metrics, 'scrape' | 'contentType'>
}

/** Adds /healthz, /readyz and /metrics. */
export function addHealthRoutes(app: FastifyInstance, { readiness, metrics }: HealthParts): void {
  app.get('/healthz', async () => ({ healthy: true }))

  app.get('/readyz', async (_, reply): Promise<ReadyAnswer> => {
    const reasons = await readiness.reasons()
    const ready = reasons.length === 0
    reply.code(ready ? 200 : 503)
    return { ready, reasons }
  })

  app.get('/metrics', async (_, reply) => {
    reply.type(metrics.contentType)
    return metrics.scrape()
  })
}
