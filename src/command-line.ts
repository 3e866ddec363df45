/** The command line: one file per command in commands/, registered here. */
import { Command, CommanderError } from 'commander'
import { collectorCommand } from './commands/collector.ts'
import { dlqCommand } from './commands/dlq.ts'
import { fieldsCommand } from './commands/fields.ts'
import { metricsCommand } from './commands/metrics.ts'
import { outputsCommand } from './commands/outputs.ts'
import { recordCommand } from './commands/record.ts'
import { replayCommand } from './commands/replay.ts'
import { rulesCommand } from './commands/rules.ts'
import { runCommand } from './commands/run.ts'
import { sinkCommand } from './commands/sink.ts'
import { spoolCommand } from './commands/spool.ts'
import { validateCommand } from './commands/validate.ts'
import { versionCommand } from './commands/version.ts'
import { print } from './print.ts'
import { report } from './report.ts'
import { tercelVersion } from './version.ts'

function exitWith(error: unknown): never {
  const { text, exitCode } = report(error)
  process.stderr.write(text)
  process.exit(exitCode)
}

process.on('uncaughtException', exitWith)

// Those of sysexits.h, as in base/errors.ts.
const exitCodes = `Exit codes: 0; 1 a test of rules or of an output failed; 64 wrong usage; 69 a running tercel
cannot be asked; 70 a defect of tercel; 74 something cannot be written, or the spool fails; 78 a configuration, rules, a file or a machine that will not do.`

const answer: string[] = [] // of --help and --version
const program = new Command('tercel')
  .configureOutput({ writeOut: text => void answer.push(text) })
  .description('Runtime security: system calls through Falco rules to alerts that arrive.')
  .version(tercelVersion())
  .addHelpText('after', `\n${exitCodes}`)
  .exitOverride()

for (const command of [
  runCommand,
  collectorCommand,
  recordCommand,
  replayCommand,
  validateCommand,
  fieldsCommand,
  rulesCommand,
  outputsCommand,
  dlqCommand,
  spoolCommand,
  metricsCommand,
  sinkCommand,
  versionCommand
]) {
  program.addCommand(command.copyInheritedSettings(program))
  for (const part of command.commands) part.copyInheritedSettings(command)
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) await print(answer.join('')).catch(exitWith)
  exitWith(error)
}
// Not when nothing is left to do: a write that nobody takes from standard output would hold the process for ever.
process.exit()
