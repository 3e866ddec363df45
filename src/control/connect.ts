/** Finds whom to ask: a tercel elsewhere by its URL, the one of this machine by its socket, or nobody but the spool. */
import { TercelError } from '../../base/errors.ts'
import { loadControlConfig } from '../../config/control.ts'
import { defaultConfigFile } from '../configuration.ts'
import { hideSecrets } from '../log.ts'
import { ControlClient, tokenVariable } from './client.ts'
import { openOffline } from './offline.ts'
import { answers } from './reach.ts'
import { HttpTransport } from './transport.ts'

export interface ConnectOptions {
  /** What `--config` names. */
  readonly config?: string
  readonly url?: URL
}

/**
 * Where no collector runs, its spool is opened here, and answers in the same way; that is said on standard error.
 *
 * @throws TercelError when nobody can be asked, with what to do.
 */
export async function connectControl({
  config: file = defaultConfigFile(),
  url
}: ConnectOptions): Promise<ControlClient> {
  if (url !== undefined) {
    const token = tokenOf(process.env)
    if (token !== undefined) hideSecrets([token])
    return new ControlClient(new HttpTransport(url, token))
  }
  const config = await loadControlConfig(file, { env: process.env })
  const { enabled, socket } = config.server
  if (enabled && (await answers(socket))) return new ControlClient(new HttpTransport(socket))
  return new ControlClient(await openOffline(config))
}

/** @throws TercelError TERCEL_CONTROL when it can be no token. */
function tokenOf({ [tokenVariable]: token }: NodeJS.ProcessEnv): string | undefined {
  if (token === undefined || token === '') return undefined
  // RFC 6750, section 2.1.
  if (/^[A-Za-z0-9._~+/-]+=*$/.test(token)) return token
  throw new TercelError(
    'TERCEL_CONTROL',
    `what ${tokenVariable} holds is no token: it has other characters than -._~+/=`
  )
}

/** Asks with a client that is closed in the end. */
export async function withControl<Result>(
  options: ConnectOptions,
  ask: (client: ControlClient) => Promise<Result>
): Promise<Result> {
  const client = await connectControl(options)
  try {
    return await ask(client)
  } finally {
    await client.close()
  }
}
