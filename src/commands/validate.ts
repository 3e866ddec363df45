/** `tercel validate`: everything that can be checked without starting. */
import { Command } from 'commander'
import type { Problem } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import { loadConfiguration } from '../configuration.ts'
import { routingWarnings } from '../delivery/routing.ts'
import { redact } from '../log.ts'
import { print } from '../print.ts'
import { printedProblem } from '../problems.ts'
import { loadRules } from '../rules.ts'
import { configOption } from './options.ts'

interface ValidateOptions {
  readonly config?: string
}

export const validateCommand = new Command('validate')
  .description('check the configuration and the rules, and name every problem with its line')
  .addOption(configOption())
  .action(async ({ config: file }: ValidateOptions) => {
    const { summary, warnings } = await validate(file)
    for (const warning of warnings) process.stderr.write(`${printedProblem(warning, 'warning')}\n`)
    await print(`${printableText(redact(summary))}\n`)
  })

/**
 * Loads the configuration and the rules that it names, with those about tercel itself.
 *
 * @throws TercelError with every problem that keeps them from being used.
 */
async function validate(file: string | undefined): Promise<{ summary: string; warnings: readonly Problem[] }> {
  const config = await loadConfiguration(file)
  const { rules, warnings } = await loadRules(config)
  const counts = [count(rules.length, 'rule'), count(config.outputs.length, 'output')]
  const summary = `${config.file}: ok (${counts.join(', ')})`
  return { summary, warnings: [...routingWarnings(config.outputs, rules), ...warnings] }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
