#!/usr/bin/env node
/** The command line: one file per command in commands/, registered here. */
import { Command, CommanderError } from 'commander'
import { TercelError } from '../base/errors.ts'
import { collectorCommand } from './commands/collector.ts'
import { recordCommand } from './commands/record.ts'
import { replayCommand } from './commands/replay.ts'
import { runCommand } from './commands/run.ts'
import { sinkCommand } from './commands/sink.ts'
import { validateCommand } from './commands/validate.ts'
import { tercelVersion, versionCommand } from './commands/version.ts'
import { print } from './print.ts'
import { report } from './report.ts'

function exitWith(error: unknown): never {
  const { text, exitCode } = report(error)
  process.stderr.write(text)
  process.exit(exitCode)
}

process.on('uncaughtException', exitWith)

const leastNode = 24
if (Number.parseInt(process.versions.node, 10) < leastNode) {
  const here = `this is Node ${process.versions.node}`
  exitWith(
    new TercelError(
      'TERCEL_CONFIG',
      `tercel needs Node ${leastNode}, and ${here}: set-up puts a newer one into node_modules/.bin`
    )
  )
}

const program = new Command('tercel')
  .description('Runtime security: system calls through Falco rules to alerts that arrive.')
  .version(tercelVersion())
  .exitOverride()

for (const command of [
  runCommand,
  collectorCommand,
  recordCommand,
  replayCommand,
  validateCommand,
  sinkCommand,
  versionCommand
]) {
  program.addCommand(command.copyInheritedSettings(program))
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) await print('') // behind the help or the version that it has written
  exitWith(error)
}
// Not when nothing is left to do: a write that nobody takes from standard output would hold the process for ever.
process.exit(0)
