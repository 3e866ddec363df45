/** The options of commands that ask a running tercel. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { tokenVariable } from '../control/client.ts'
import { configOption } from './options.ts'

/** Adds `--config` and `--url`, and what they mean. */
export function addControlOptions(command: Command): Command {
  return command
    .addOption(configOption().conflicts('url'))
    .addOption(
      new Option(
        '--url <url>',
        `a tercel elsewhere, such as http://node-1:2802; its token is in ${tokenVariable}`
      ).argParser(readUrl)
    )
    .addHelpText(
      'after',
      '\nWithout --url it asks the tercel of this machine over its control socket, which takes root or the user that it runs' +
        '\nas. Where none runs it opens the spool itself.' +
        '\n\nExit codes: 0; 64 wrong usage; 69 nobody can be asked, or it refuses; 74 the spool fails; 78 a wrong configuration.'
    )
}

function readUrl(text: string): URL {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('expected a URL such as http://node-1:2802')
  }
  const url = new URL(text)
  if (url.username === '' && url.password === '') return url
  throw new InvalidArgumentError(`expected a URL without user name and password: the token is in ${tokenVariable}`)
}
