/** A collector that only delivers, as users run it, and the sink that it delivers to: each a process of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpoolProducer } from '../src/delivery/producer.ts'
import { Spool } from '../src/delivery/spool.ts'
import type { SinkSummary } from '../src/sink/sink.ts'
import { mainProgram, Running, until } from '../test/e2e/support.ts'
import { numbered } from './alert.ts'

const gib = 2 ** 30
export const spoolBytes = 4 * gib
const outputName = 'webhook'
const atOnce = 5_000

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder of the benchmark's own, on the disk of `directory`; gone when the process ends. */
export function benchFolder(directory = tmpdir()): string {
  const folder = mkdtempSync(join(directory, 'tercel-bench-'))
  folders.push(folder)
  return folder
}

/** Makes a spool in which so many alerts wait for each of these outputs. */
export async function fillSpool(directory: string, count: number, outputs = [outputName]): Promise<void> {
  const quiet = { info() {}, warn() {}, error() {} }
  const spool = await Spool.open({ directory, maxBytes: spoolBytes, log: quiet })
  for (const output of outputs) await spool.register(output)
  const producer = new SpoolProducer(spool.connectProducer())
  for (let from = 0; from < count; from += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, count - from) }, (_, index) => from + index)
    await Promise.all(numbers.map(number => producer.submit(numbered(number))))
  }
  await producer.close()
  await spool.close()
}

export interface WebhookOptions {
  /** The output's name. */
  readonly output?: string
  readonly concurrency: number
  /** Alerts in a request. */
  readonly batch: number
}

/** The entry of a webhook in the configuration. */
export function webhookEntry(url: string, { output = outputName, concurrency, batch }: WebhookOptions): string {
  const body = batch === 1 ? 'body: single' : `body: ndjson\n    batch: {max_count: ${batch}}`
  return `  - name: ${output}\n    type: webhook\n    url: ${url}\n    concurrency: ${concurrency}\n    ${body}\n`
}

/** Writes the configuration of a collector without a sensor, whose spool is in the folder. */
export function writeConfig(folder: string, outputs: readonly string[]): string {
  const config = join(folder, 'tercel.yaml')
  writeFileSync(
    config,
    `sensor: {enabled: false}\nspool: {directory: ${join(folder, 'spool')}, max_bytes: ${spoolBytes}}\nshutdown_seconds: 0\n` +
      `outputs:\n${outputs.join('')}`
  )
  return config
}

/** Starts `tercel collector` with these outputs on a spool that is filled. */
export function startCollector(folder: string, outputs: readonly string[]): Running {
  return new Running(process.execPath, [mainProgram, 'collector', '--config', writeConfig(folder, outputs)])
}

export class SinkProcess {
  readonly #running: Running
  readonly url: string

  private constructor(running: Running, url: string) {
    this.#running = running
    this.url = url
  }

  static async start(...options: string[]): Promise<SinkProcess> {
    const running = new Running(process.execPath, [mainProgram, 'sink', ...options])
    const url = await until(() => /^http\S+/.exec(running.stdout)?.[0], 'the sink to listen')
    return new SinkProcess(running, url)
  }

  async summary(): Promise<SinkSummary> {
    const answer = await fetch(`${this.url}/_sink/summary`)
    return (await answer.json()) as SinkSummary
  }

  async forget(): Promise<void> {
    await fetch(`${this.url}/_sink`, { method: 'DELETE' })
  }

  async stop(): Promise<void> {
    await this.#running.stop()
  }
}
