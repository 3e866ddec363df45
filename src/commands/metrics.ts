/** `tercel metrics`: the metrics that the server has, from the registry that it uses. */
import { Command } from 'commander'
import { print } from '../print.ts'
import { type ListedMetric, listMetrics } from '../server/metrics/list.ts'
import { table } from './table.ts'

interface MetricsOptions {
  readonly markdown?: true
}

export const metricsCommand = new Command('metrics')
  .description('list the metrics of a running tercel: types, labels and what they mean')
  .option('--markdown', 'as the page docs/metrics.md')
  .action(async ({ markdown }: MetricsOptions) => {
    const metrics = listMetrics()
    await print(markdown === true ? page(metrics) : table(metrics.map(cellsOf)))
  })

function cellsOf({ name, type, labels, help }: ListedMetric): string[] {
  return [labels.length === 0 ? name : `${name}{${labels.join(',')}}`, type, help]
}

function page(metrics: readonly ListedMetric[]): string {
  const rows = metrics.map(({ name, type, labels, help }) => {
    const cells = [`\`${name}\``, type, labels.map(label => `\`${label}\``).join(', '), help]
    return `| ${cells.join(' | ')} |`
  })
  return `${introduction}\n\n| metric | type | labels | what it is |\n|---|---|---|---|\n${rows.join('\n')}\n\n${ending}\n`
}

const introduction = `<!-- Generated: node src/main.ts metrics --markdown > docs/metrics.md -->

# Metrics

What \`/metrics\` says to Prometheus ([server.md](server.md) tells how to ask it). \`tercel metrics\` prints the same.

Values of labels come from the configuration (\`output\`) or from a fixed list, never from an alert: who writes alerts makes
no metrics. The books of an output add up in every answer:

    tercel_output_accepted_alerts_total = sum by (output) (tercel_output_alerts_total) + tercel_output_waiting_alerts

They are kept in the spool, so they go on over a restart. An output that is no longer configured and still has alerts in
the spool is among them. What counts "since the start" begins at 0 when tercel starts.`

const ending = `Beside these there are those of the process and of Node.js that every program with prom-client has, such as
\`process_cpu_seconds_total\`, \`process_resident_memory_bytes\` (of all threads), \`nodejs_eventloop_lag_p99_seconds\` and
\`nodejs_gc_duration_seconds\` (of the main thread, which sends alerts).

## What to watch

| alarm | expression |
|---|---|
| events were missed | \`increase(tercel_sensor_losses_total[10m]) > 0\` |
| nothing is watched | \`tercel_sensor_state{state="running"} == 0\` for 1m |
| alerts were given up | \`increase(tercel_output_alerts_total{result="shed"}[10m]) > 0 or increase(tercel_collector_shed_alerts_total[10m]) > 0\` |
| alerts were refused for good | \`increase(tercel_output_alerts_total{result="dead"}[10m]) > 0\` |
| an output does not get on | \`tercel_output_oldest_waiting_seconds > 300\` |
| the spool fills up | \`tercel_spool_used_bytes / tercel_spool_max_bytes > 0.8\` |
| the spool does not write | \`tercel_spool_state{state=~"blocked\\|disk_full\\|failing"} == 1 or tercel_spool_unanswered_seconds > 10\` |
| a thread is at its limit | \`rate(tercel_thread_busy_seconds_total[5m]) > 0.9\` |`
