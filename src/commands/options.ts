/** What several commands share. */
import { InvalidArgumentError, Option } from 'commander'
import { didYouMean } from '../../base/nearest.ts'
import { parseTime } from '../../config/quantities.ts'
import { type Priority, priorities, priorityOf } from '../../rules/alert.ts'

/** Of a command that has said what is wrong with the rules: as TERCEL_RULES in base/errors.ts. */
export const exitCodeOfRules = 78

export function configOption(): Option {
  return new Option(
    '-c, --config <file>',
    'the configuration file (default: /etc/tercel/tercel.yaml, else the shipped one)'
  )
}

/** Takes one of these names; the message about any other tells the nearest. */
export function oneOf(what: string, known: readonly string[]): (name: string) => string {
  return name => {
    if (known.includes(name)) return name
    const hint = didYouMean(name, known) || `; expected one of ${[...new Set(known)].join(', ')}`
    throw new InvalidArgumentError(`unknown ${what} ${name}${hint}`)
  }
}

/** `--priority`, in any case. */
export function priorityOption(description: string): Option {
  return new Option('--priority <name>', description).argParser(readPriority)
}

/** An option whose value becomes ISO 8601. */
export function timeOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(text => {
    const ms = parseTime(text, Date.now())
    if (ms !== undefined) return new Date(ms).toISOString()
    throw new InvalidArgumentError('expected a time such as 2026-01-02T03:04:05Z, or 2h for two hours ago')
  })
}

function readPriority(name: string): Priority {
  const known = priorityOf(name)
  if (known !== undefined) return known
  const names = priorities.map(each => each.toLowerCase())
  const hint = didYouMean(name.toLowerCase(), names) || `; expected one of ${priorities.join(', ')}`
  throw new InvalidArgumentError(`unknown priority ${name}${hint}`)
}
