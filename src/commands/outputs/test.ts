/** `tercel outputs test`: whether outputs can be reached and take an alert. */
import { statSync } from 'node:fs'
import { Command } from 'commander'
import { TercelError } from '../../../base/errors.ts'
import { didYouMean } from '../../../base/nearest.ts'
import { printableText } from '../../../base/printable.ts'
import type { OutputConfig } from '../../../config/output-schema.ts'
import { formatAge } from '../../../config/quantities.ts'
import type { Config } from '../../../config/schema.ts'
import { becomeUser } from '../../become-user.ts'
import { loadConfiguration } from '../../configuration.ts'
import { givenUpAfter } from '../../delivery/send.ts'
import { redact } from '../../log.ts'
import { type OutputTest, testOutput, testRule } from '../../output-test.ts'
import { targetOf } from '../../outputs.ts'
import { print } from '../../print.ts'
import { redactedJson } from '../../redacted-json.ts'
import { configOption } from '../options.ts'

interface TestOptions {
  readonly config?: string
  readonly send: boolean
  readonly json?: true
}

/** As `tercel rules test` has it. */
const exitCodeOfFailure = 1

export const testCommand = new Command('test')
  .description('check outputs of the configuration and send each an alert that says it is a test')
  .argument('[name]', 'the output; all of them when absent')
  .addOption(configOption())
  .option('--no-send', 'only check whether they can be reached; the check sends nothing')
  .option('--json', 'as JSON: one object, the last line of standard output')
  .addHelpText(
    'after',
    `\nThe alert has the rule "${testRule}", priority Notice, source internal and the tag test. It goes straight to the output:` +
      '\nwhen, throttle and rate_limit do not count, the spool is not used, and a running tercel is not needed. An output of' +
      '\ntype stdout prints it, one of type file appends it. Root runs the test as the user that owns the spool.' +
      '\n\nExit codes: 0 every output took it (--no-send: can be reached); 1 one did not; 78 the configuration is wrong.'
  )
  .action(async (name: string | undefined, { config: file, send, json }: TestOptions) => {
    const config = await loadConfiguration(file)
    becomeCollector(config)
    const running = chosen(config, name).map(output => ({ output, test: testOutput(output, { config, send }) }))
    const tests: OutputTest[] = []
    for (const { output, test } of running) {
      tests.push(await test)
      if (!json) await print(textOf(await test, output, config))
    }
    const good = tests.filter(isGood).length
    if (json) await print(`${redactedJson({ ok: good === tests.length, outputs: tests.map(jsonOf) })}\n`)
    else await print(`${good} of ${tests.length} ${send ? 'delivered' : 'can be reached'}\n`)
    if (good < tests.length) process.exitCode = exitCodeOfFailure
  })

/** What root can reach says nothing of what the collector can, and a file that root makes would lock it out. */
function becomeCollector({ spool: { directory } }: Config): void {
  if (process.getuid?.() !== 0) return
  const owner = statSync(directory, { throwIfNoEntry: false })
  if (owner === undefined || owner.uid === 0) return
  becomeUser(owner)
  process.stderr.write(printableText(`tercel: the test runs as uid ${owner.uid}, which owns ${directory}`).concat('\n'))
}

/** @throws TercelError when the configuration has no such output. */
function chosen({ file, outputs }: Config, name: string | undefined): readonly OutputConfig[] {
  if (name === undefined) return outputs
  const found = outputs.filter(output => output.name === name)
  if (found.length > 0) return found
  const names = outputs.map(output => output.name)
  const hint = didYouMean(name, names) || `; it has ${names.join(', ')}`
  throw new TercelError('TERCEL_CONFIG', `${file} has no output ${name}${hint}`)
}

function isGood({ outcome }: OutputTest): boolean {
  return outcome === 'delivered' || outcome === 'checked'
}

function textOf(test: OutputTest, output: OutputConfig, config: Config): string {
  const { name, type, reason, checkMs, sendMs = 0 } = test
  const target = targetOf(output, config)
  const head = `${name} (${target === undefined ? type : `${type}, ${target}`}): ${outcomeText(test)}`
  const lines = [
    `${head} after ${checkMs + sendMs} ms`,
    ...(reason === undefined ? [] : [`  reason: ${reason}`]),
    ...(isGood(test) ? [] : [`  remedy: ${remedyOf(test, output)}`])
  ]
  return lines.map(line => `${printableText(redact(line))}\n`).join('')
}

function outcomeText({ outcome }: OutputTest): string {
  switch (outcome) {
    case 'delivered':
      return 'delivered'
    case 'checked':
      return 'can be reached'
    case 'unreachable':
      return 'NOT REACHED, nothing was sent,'
    case 'retry':
      return 'NOT DELIVERED'
    case 'hold':
      return 'REFUSED by the far end, whatever the alert,'
    case 'reject':
      return 'ALERT REFUSED'
  }
}

/** What to do, and what a running tercel makes of it meanwhile. */
function remedyOf({ outcome, reason = '', afterMs }: OutputTest, { delivery }: OutputConfig): string {
  const kept = 'tercel keeps alerts in the spool and tries again'
  if (outcome === 'reject') {
    return 'check what the far end expects against the settings; tercel would put such an alert into the dead letters'
  }
  if (outcome === 'hold') return `mend what the reason says, then test again; until then ${kept}`
  if (afterMs !== undefined)
    return `test again in ${formatAge(Math.max(1000, afterMs))}, as it asks; ${kept} then by itself`
  if (reason === givenUpAfter(delivery.timeoutMs)) {
    return `see whether the far end hangs; if it is only slow, raise timeout_seconds; ${kept}`
  }
  return `mend what the reason says, or wait if the far end is down; ${kept} by itself`
}

/** The form that programs read; it stays as it is. */
function jsonOf({ name, type, outcome, reason, afterMs, uuid, checkMs, sendMs }: OutputTest) {
  return {
    name,
    type,
    outcome,
    reason: reason ?? null,
    after_seconds: afterMs === undefined ? null : afterMs / 1000,
    uuid: uuid ?? null,
    check_ms: checkMs,
    send_ms: sendMs ?? null
  }
}
