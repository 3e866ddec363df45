/** `tercel spool forget`: gives up what waits for an output that is no longer configured. */
import { Command } from 'commander'
import { TercelError } from '../../../base/errors.ts'
import { printableText } from '../../../base/printable.ts'
import type { ControlClient } from '../../control/client.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { count } from '../../count.ts'
import { print } from '../../print.ts'
import type { ForgottenAnswer, OutputAnswer, OutputsAnswer } from '../../server/api-types.ts'
import { confirm, requireTerminal, yesOption } from '../confirm.ts'
import { addControlOptions } from '../control-options.ts'

interface ForgetOptions extends ConnectOptions {
  readonly yes?: true
}

export const forgetCommand = addControlOptions(
  new Command('forget')
    .description('forget an output that is no longer configured, and give up what waits for it')
    .argument('<output>', 'its name, as tercel spool status shows it')
    .addOption(yesOption())
).action(async (name: string, options: ForgetOptions, command: Command) => {
  if (!options.yes) requireTerminal(command)
  const forgotten = await withControl(options, async client => {
    const question = await questionFor(client, name)
    if (!options.yes && !(await confirm(question))) return undefined
    return client.delete<ForgottenAnswer>(`/outputs/${encodeURIComponent(name)}`, { one: true })
  })
  const done =
    forgotten === undefined
      ? 'nothing was changed'
      : `forgot ${forgotten.name}: ${count(forgotten.given_up, 'alert')} given up`
  await print(`${printableText(done)}\n`)
})

/** @throws TercelError when there is nothing to ask. */
async function questionFor(client: ControlClient, name: string): Promise<string> {
  const { outputs } = await client.get<OutputsAnswer>('/outputs')
  const output = outputs.find(each => each.name === name)
  if (output === undefined) throw refusal(`the spool knows no output ${printableText(name)}`)
  if (output.configured) throw refusal(`the output ${name} is configured: take it out of the configuration first`)
  return `forget ${name} and give up ${count(waitingOf(output), 'alert')} that wait for it`
}

function waitingOf({ books }: OutputAnswer): number {
  return books?.waiting ?? 0
}

function refusal(message: string): TercelError {
  return new TercelError('TERCEL_CONTROL', message)
}
