/**
 * The server: health, readiness and metrics over HTTP, and the control API over HTTP and a Unix socket. What is here asks the
 * other parts and decides nothing for them. The routes are in routes/, the metrics in metrics/; access.ts says who may ask
 * for what.
 */
import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { ListenAddress } from '../../config/listen.ts'
import type { Config } from '../../config/schema.ts'
import type { CollectorThread } from '../collector-thread.ts'
import type { Lane } from '../delivery/lane.ts'
import type { Spool } from '../delivery/spool.ts'
import { type Logger, redact } from '../log.ts'
import { timeText } from './answers.ts'
import { type ApiOutput, type ApiParts, addApi, httpGuard } from './api.ts'
import type { SensorAnswer } from './api-types.ts'
import { createApp } from './app.ts'
import { listenOnSocket } from './control-socket.ts'
import { Listener, listenOnPort } from './listening.ts'
import { Metrics } from './metrics/metrics.ts'
import type { SendDurations } from './metrics/output-metrics.ts'
import { type Phase, Readiness } from './readiness.ts'
import { addHealthRoutes } from './routes/health.ts'
import { SpoolProbe } from './spool-probe.ts'

export interface ServerParts {
  readonly config: Pick<Config, 'server' | 'sensor' | 'outputs'>
  readonly log: Logger
  readonly spool: Spool
  readonly collector: Pick<CollectorThread, 'state' | 'stateSinceMs' | 'counts' | 'busyMs'>
  /** By the name of their outputs. */
  readonly lanes: ReadonlyMap<string, Pick<Lane, 'health' | 'activity'>>
  readonly sendDurations: SendDurations
  /** Between attempts to listen where somebody else does; 5 seconds when absent. */
  readonly retryMs?: number
}

export class Server {
  readonly #readiness: Readiness
  readonly #apps: FastifyInstance[] = []
  readonly #listeners: Listener[] = []
  #http: HttpServer | undefined

  /** Makes what answers; nothing listens before `start`. */
  constructor(parts: ServerParts) {
    const { config, spool, log: parentLog, retryMs = 5_000 } = parts
    const { enabled, listen, token, socket, outputFailingSeconds } = config.server
    const log = parentLog.child({ component: 'server' })
    const shared = { ...parts, probe: new SpoolProbe(spool), sensorEnabled: config.sensor.enabled }
    this.#readiness = new Readiness({ ...shared, outputFailingSeconds, spoolSinceMs: () => spool.stateSinceMs })
    if (!enabled) return
    const health = { readiness: this.#readiness, metrics: new Metrics({ ...shared, shed: spool.shed }) }
    const [http, control] = [createApp(log), createApp(log)]
    for (const app of [http, control]) addHealthRoutes(app, health)
    const api: ApiParts = { spool, log, outputs: apiOutputs(parts), sensor: () => sensorAnswer(parts) }
    addApi(http, api, httpGuard(token))
    addApi(control, api)
    this.#apps.push(http, control)
    this.#http = http.server
    const where = () => addressText(this.address ?? listen)
    const ofAll = { log, retryMs }
    this.#listeners.push(
      new Listener({ ...ofAll, what: 'HTTP server', where, listen: () => listenOnPort(http.server, listen) }),
      new Listener({
        ...ofAll,
        what: 'control socket',
        where: () => socket,
        listen: () => listenOnSocket(control.server, socket)
      })
    )
  }

  /** Resolves when it listens, or has begun to try again and again. */
  async start(): Promise<void> {
    await Promise.all(this.#apps.map(app => app.ready()))
    await Promise.all(this.#listeners.map(listener => listener.start()))
  }

  /** Tells what /readyz says of tercel itself. */
  enter(phase: Phase): void {
    this.#readiness.enter(phase)
  }

  /** Where HTTP is served; undefined while it is not. */
  get address(): ListenAddress | undefined {
    const address = this.#http?.address() as AddressInfo | null | undefined
    return address == null ? undefined : { host: address.address, port: address.port }
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.map(listener => listener.close()))
    for (const { server } of this.#apps) {
      server.close()
      server.closeAllConnections()
    }
    await Promise.all(this.#apps.map(app => app.close()))
  }
}

function addressText({ host, port }: ListenAddress): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`
}

function apiOutputs({ config, lanes }: ServerParts): ApiOutput[] {
  return config.outputs.map(({ name, type }) => ({ name, type, lane: lanes.get(name) }))
}

function sensorAnswer({ config, collector }: ServerParts): SensorAnswer {
  if (!config.sensor.enabled) return { state: 'disabled', message: 'sensor.enabled is false', since: null }
  const { state = 'starting', message = 'the sensor is not attached yet' } = collector.state ?? {}
  return { state, message: redact(message), since: timeText(collector.stateSinceMs) }
}
