/** The spool of a tercel that does not run, asked in the same way. */
import { TercelError } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import type { ControlConfig } from '../../config/control.ts'
import { openOffline as openSpool } from '../delivery/open-offline.ts'
import type { Spool } from '../delivery/spool.ts'
import { createLogger } from '../log.ts'
import { createOfflineApi } from '../server/api.ts'
import { requireOwner } from './owner.ts'
import { LocalTransport, type Transport } from './transport.ts'

/**
 * Opens the spool of the configuration, and says on standard error that nobody runs on it.
 *
 * @throws TercelError when there is none, this user may not open it, or a tercel runs on it that does not answer.
 */
export async function openOffline({
  spool: { directory, maxBytes },
  server,
  outputs
}: ControlConfig): Promise<Transport> {
  requireOwner(directory)
  const log = createLogger({ level: 'warn' })
  const spool = await openSpool({ directory, log }).catch((error: unknown) => {
    throw isInUse(error) ? silent(directory, server) : error
  })
  process.stderr.write(printableText(`tercel: no tercel runs on ${directory}: its spool is opened here`).concat('\n'))
  const app = createOfflineApi({ spool: withLimit(spool, maxBytes), outputs, log })
  return new LocalTransport(directory, app, () => spool.close())
}

/** It is opened without the limit, so that nothing is given up for that, and tells of it all the same. */
function withLimit(spool: Spool, maxBytes: number): Spool {
  const status = async () => ({ ...(await spool.status()), maxBytes })
  const get = (_: Spool, key: string) => (key === 'status' ? status : Reflect.get(spool, key).bind(spool))
  return new Proxy(spool, { get: get as ProxyHandler<Spool>['get'] & {} })
}

function isInUse(error: unknown): boolean {
  return error instanceof TercelError && / is in use by /.test(error.message)
}

/** A tercel holds the lock of the spool, and cannot be asked. */
function silent(directory: string, { enabled, socket }: ControlConfig['server']): TercelError {
  const remedy = enabled
    ? 'if it has just started, try again; else its configuration may name another server.socket, or its log says why'
    : 'server.enabled is false in its configuration: switch it on and restart it, or stop it first'
  const message = `a tercel runs on ${directory}, and nobody answers at its control socket ${socket}: ${remedy}`
  return new TercelError('TERCEL_CONTROL', message)
}
