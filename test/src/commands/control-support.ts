/** What the tests of commands that ask a running tercel share: one with dead letters, and a configuration that finds it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { OutputConfig } from '../../../config/output-schema.ts'
import type { Alert } from '../../../rules/alert.ts'
import { makeAlert, until } from '../delivery/support.ts'
import { type StartOptions, startServer } from '../server/support.ts'
import { type Run, tercelBeside } from './tercel.ts'

const backlog = { onFull: 'shed' } as const
const delivery = { start: 'now', lingerMs: 0, concurrency: 1, timeoutMs: 1_000, backlog } as const

export const hookOutput: OutputConfig = { name: 'hook', type: 'webhook', settings: {}, delivery }

/** What an attacker and a far end would like to do to a terminal. */
export const hostile = 'x\u001b[2Jy\n\u202ez'

const alerts: readonly Partial<Alert>[] = [
  { rule: 'Shell', priority: 'Error', output_fields: { 'proc.cmdline': hostile } },
  { rule: 'Shell', priority: 'Error' },
  { rule: `Read ${hostile}`, priority: 'Notice' },
  { rule: 'Write', priority: 'Notice' }
]

/**
 * A server over a spool in which `hook` has three dead letters (1, 2 and 3) and one alert that waits, and `old`, which is
 * not configured, one dead letter (4) and three alerts that wait.
 */
export async function startFilled(t: TestContext, options: StartOptions = {}) {
  const started = await startServer(t, { outputs: [hookOutput], sensorEnabled: false, ...options })
  const { spool, producer, directory } = started
  for (const name of ['hook', 'old']) await spool.register(name)
  await Promise.all(alerts.map((fields, index) => producer.submit(makeAlert(`uuid-${index}`, fields))))
  spool.settle('hook', [
    { seq: 1, kind: 'dead', reason: 'HTTP 400: no such field', attempts: 2 },
    { seq: 2, kind: 'dead', reason: 'too large', attempts: 1 },
    { seq: 3, kind: 'dead', reason: `HTTP 400: ${hostile}`, attempts: 1 }
  ])
  spool.settle('old', [{ seq: 1, kind: 'dead', reason: 'HTTP 400', attempts: 1 }])
  await until('the dead letters are there', async () => (await spool.deadLetters({}, 10)).length === 4)
  const config = join(directory, 'tercel.yaml')
  // The token is no business of a command that asks here.
  writeFileSync(
    config,
    `sensor: {enabled: false}
spool: {directory: ${directory}/spool}
server: {token: "\${env:NOT_SET}"}
outputs: [{name: hook, type: webhook, url: "\${env:NOT_SET}"}]
`
  )
  return {
    ...started,
    config,
    tercel: (...args: readonly string[]): Promise<Run> => tercelBeside([...args, '-c', config])
  }
}
