/** Runs the program `sockets` under a sensor, and puts the events beside what the program said of its calls. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import type { Endpoint } from '../../collector/event.ts'
import { formatEndpoint } from '../../collector/sockets.ts'
import { compile, type Seen, startSensor } from './sensor-support.ts'

/** The ways into the kernel; only x86 has more than one. */
export const entries = process.arch === 'x64' ? (['native', 'compat', 'socketcall'] as const) : (['native'] as const)

/** One line of the program. */
export interface Truth {
  readonly call: string
  readonly result: number
  /** The descriptor that the call made, or used. */
  readonly used: number
  readonly local?: string
  readonly remote?: string
}

export interface Comparison {
  readonly seen: Seen[]
  readonly truth: Truth[]
}

export type Run = (entry: string, calls: string, cwd?: string) => Promise<Comparison>

const calls = ['socket', 'bind', 'listen', 'accept', 'accept4', 'sendto', 'sendmsg', 'dup', 'dup2', 'dup3']

/** The last call of a run, so that one knows when all events are there. */
const end = 'listen -1 12345'

/** Starts a sensor; what it gives runs calls and compares what every event of them must have. */
export async function startSockets(context: TestContext): Promise<Run> {
  const program = compile('sockets')
  const sensor = await startSensor(context, calls, { keep: ({ process }) => process.name === 'sockets' })
  return async (entry, calls, cwd = '/') => {
    const child = spawn(program, [entry, ...` , ${calls} , ${end}`.trim().split(' ')], { cwd })
    const printed: Buffer[] = []
    const said: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => printed.push(part))
    child.stderr.on('data', (part: Buffer) => said.push(part))
    await once(child, 'close')
    assert.equal(Buffer.concat(said).toString(), '')
    const lines = Buffer.concat(printed).toString('latin1').split('\n').slice(0, -2)
    const truth = lines.map(line => JSON.parse(line) as Truth)
    const events = await sensor.eventsOf(child.pid!, ({ args }) => args.backlog === '12345')
    const seen = events.slice(0, -1)
    assert.deepEqual(
      seen.map(({ type }) => type),
      truth.map(({ call }) => (call === 'send' ? 'sendto' : call))
    )
    for (const [index, event] of seen.entries()) compare(event, truth[index]!, entry !== 'native')
    return { seen, truth }
  }
}

export const endpointText = (end: Endpoint | undefined) => end && formatEndpoint(end)

/** What holds for every call. */
function compare({ result, compat, descriptor, cut }: Seen, truth: Truth, is32bit: boolean): void {
  assert.equal(result, truth.result, truth.call)
  assert.equal(compat, is32bit)
  assert.equal(descriptor?.number, truth.used >= 0 ? truth.used : undefined, `${truth.call}: the number`)
  assert.deepEqual(cut, [])
  if (truth.used < 0 || truth.result < 0) return
  const { local, remote } = descriptor!
  if (local !== undefined) assert.equal(endpointText(local), truth.local, `${truth.call}: the local end`)
  // A datagram may go elsewhere than the socket is connected to.
  if (!truth.call.startsWith('send')) assert.equal(endpointText(remote), truth.remote, `${truth.call}: the remote end`)
}
