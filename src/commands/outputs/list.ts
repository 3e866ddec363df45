/** `tercel outputs list`: the outputs of the configuration, or the types that there are. */
import { Command } from 'commander'
import { printableText } from '../../../base/printable.ts'
import type { OutputConfig } from '../../../config/output-schema.ts'
import { formatAge, formatSize } from '../../../config/quantities.ts'
import type { Config } from '../../../config/schema.ts'
import { hasConfiguration, loadConfiguration } from '../../configuration.ts'
import { count } from '../../count.ts'
import { redact } from '../../log.ts'
import { targetOf } from '../../outputs.ts'
import { print } from '../../print.ts'
import { redactedJson } from '../../redacted-json.ts'
import { configOption } from '../options.ts'
import { table } from '../table.ts'
import { typesOf } from './types.ts'

interface ListOptions {
  readonly config?: string
  readonly types?: true
  readonly json?: true
}

const noConfiguration =
  'tercel: there is no /etc/tercel/tercel.yaml, and --config names no other file: these are the types of outputs\n'

export const listCommand = new Command('list')
  .description('list the outputs of the configuration: where they go, and how they are served')
  .addOption(configOption())
  .option('--types', 'the types of outputs that there are; so also where there is no configuration')
  .option('--json', 'as JSON: an array of objects')
  .action(async ({ config: file, types, json }: ListOptions) => {
    if (types || !hasConfiguration(file)) {
      if (!types) process.stderr.write(noConfiguration)
      const known = [...(await typesOf(file)).values()].map(({ type, description }) => ({ type, description }))
      await print(json ? `${redactedJson(known)}\n` : typesText(known))
    } else {
      const config = await loadConfiguration(file)
      const listed = config.outputs.map(output => outputJson(output, config))
      await print(json ? `${redactedJson(listed)}\n` : outputsText(listed))
    }
  })

/** The form that programs read; it stays as it is. */
function outputJson(output: OutputConfig, config: Config) {
  const { name, type, delivery } = output
  const { when, throttle, start, lingerMs, concurrency, timeoutMs, rateLimit, backlog } = delivery
  return {
    name,
    type,
    to: targetOf(output, config) ?? null,
    when: when?.text ?? null,
    throttle: throttle ? { key: throttle.key.map(({ text }) => text), window_seconds: throttle.windowMs / 1000 } : null,
    start,
    linger_seconds: lingerMs / 1000,
    concurrency,
    timeout_seconds: timeoutMs / 1000,
    rate_limit: rateLimit ? { per_second: rateLimit.perSecond, burst: rateLimit.burst } : null,
    backlog: {
      max_bytes: backlog.maxBytes ?? null,
      max_age_seconds: backlog.maxAgeMs === undefined ? null : backlog.maxAgeMs / 1000,
      on_full: backlog.onFull
    }
  }
}

type ListedOutput = ReturnType<typeof outputJson>

function outputsText(outputs: readonly ListedOutput[]): string {
  const rows = outputs.map(output => [
    output.name,
    output.type,
    output.to ?? '',
    output.when ?? 'all',
    String(output.concurrency),
    `${output.timeout_seconds} s`,
    output.rate_limit === null ? 'none' : `${output.rate_limit.per_second}/s`,
    backlogText(output.backlog)
  ])
  const heading = ['OUTPUT', 'TYPE', 'TO', 'ALERTS', 'SENDS', 'TIMEOUT', 'RATE LIMIT', 'BACKLOG']
  return `${printed([heading, ...rows])}${count(outputs.length, 'output')}\n`
}

function backlogText({ max_bytes: bytes, max_age_seconds: age, on_full: onFull }: ListedOutput['backlog']): string {
  const limits = [bytes === null ? '' : formatSize(bytes), age === null ? '' : formatAge(age * 1000)]
  return [...limits.filter(limit => limit !== ''), onFull].join(', ')
}

function typesText(types: readonly { readonly type: string; readonly description: string }[]): string {
  const rows = types.map(({ type, description }) => [type, description])
  return `${printed([['TYPE', 'WHAT IT DOES'], ...rows])}tercel outputs describe TYPE says what it takes.\n`
}

function printed(rows: readonly (readonly string[])[]): string {
  const cells = rows.map(row => row.map(cell => printableText(redact(cell))))
  return table(cells, process.stdout.columns || undefined)
}
