/** Runs the program `links` under a sensor, and puts the events beside what the program said of its calls. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import type { TestContext } from 'node:test'
import { compile, type Seen, startSensor } from './sensor-support.ts'

/** The ways into the kernel; only x86 has more than one. */
export const entries = process.arch === 'x64' ? (['native', 'compat'] as const) : (['native'] as const)

export interface Comparison {
  readonly seen: readonly Seen[]
  /** The lines of the program: the call, its result, and more. */
  readonly truth: readonly (readonly string[])[]
}

export type Run = (entry: string, calls: string, cwd?: string) => Promise<Comparison>

/** The last call of a run, so that one knows when all events are there. */
const end = 'unshare 0'

/** Starts a sensor for `types` and unshare; what it gives runs calls and compares what every event of them must have. */
export async function startLinks(context: TestContext, types: readonly string[]): Promise<Run> {
  const program = compile('links')
  const sensor = await startSensor(context, [...types, 'unshare'], { keep: ({ process }) => process.name === 'links' })
  return async (entry, calls, cwd = '/') => {
    const words = [entry, ...` , ${calls} , ${end}`.trim().split(' ')]
    const { pid, stdout, stderr } = spawnSync(program, words, { cwd, encoding: 'latin1' })
    assert.equal(stderr, '')
    const truth = stdout.split('\n').map(line => line.split(' '))
    const seen = (await sensor.eventsOf(pid, ({ type, args }) => type === 'unshare' && args.flags === '0')).slice(0, -1)
    for (const [index, event] of seen.entries()) {
      assert.deepEqual([event.type, `${event.result}`], truth[index]?.slice(0, 2))
      assert.equal(event.compat, entry !== 'native')
      assert.equal(event.args.res, `${event.result}`)
    }
    // The last two lines are those of the end, and nothing.
    assert.equal(seen.length, truth.length - 2, 'as many events as calls')
    return { seen, truth }
  }
}
