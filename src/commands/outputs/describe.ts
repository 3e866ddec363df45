/** `tercel outputs describe`: what an output takes in the configuration, from its schema. */
import { Command } from 'commander'
import { messageOf } from '../../../base/errors.ts'
import { wrapText } from '../../../base/text-width.ts'
import type { OutputDefinition } from '../../../outputs/output.ts'
import { print } from '../../print.ts'
import { oneOf } from '../options.ts'
import { commonSchema, entrySchema, exampleEntry } from './entry.ts'
import { type Setting, settingsOf, textOf } from './setting.ts'
import { typesOf } from './types.ts'

const widthWithoutTerminal = 100
const indent = '  '

interface DescribeOptions {
  readonly config?: string
  readonly json?: true
}

export const describeCommand = new Command('describe')
  .description('say what an output takes in the configuration: every setting, and an example')
  .argument('<type>', 'the word after type:; tercel outputs list --types lists them')
  .option('-c, --config <file>', 'a configuration, whose own presets are known as well')
  .option('--json', 'the JSON schema (draft 7) of an entry of outputs')
  .action(async (type: string, { config: file, json }: DescribeOptions, command: Command) => {
    const types = await typesOf(file)
    const definition = types.get(known(type, [...types.keys()], command))!
    await print(json ? `${JSON.stringify(entrySchema(definition), undefined, 2)}\n` : page(definition))
  })

/** Which types there are is known only once the configuration is read: too late for commander to look. */
function known(type: string, types: readonly string[], command: Command): string {
  try {
    return oneOf('output', types)(type)
  } catch (error) {
    return command.error(`error: ${messageOf(error)}`)
  }
}

function page(definition: OutputDefinition): string {
  const { type, description, schema } = definition
  const sections = [
    `${type}: ${description}`,
    `Example\n\n${indented(`outputs:\n${indented(exampleEntry(definition))}`)}`,
    section(`Settings of ${type}`, settingsOf(schema)),
    section('Settings of every output', settingsOf(commonSchema(definition)))
  ]
  return `${sections.map(text => text.trimEnd()).join('\n\n')}\n`
}

function section(title: string, settings: readonly Setting[]): string {
  return [title, '', ...settings.flatMap(setting => linesOf(setting, indent))].join('\n')
}

/** What stands within a setting stands below it, further to the right. */
function linesOf({ key, kind, required, default: value, text, settings }: Setting, margin: string): string[] {
  const mark = required ? ' (required)' : value === undefined ? '' : ` (default: ${textOf(value)})`
  const inside = `${margin}${indent}${indent}`
  const width = (process.stdout.columns || widthWithoutTerminal) - inside.length
  return [
    `${margin}${key}: ${kind}${mark}`,
    ...wrapText(text, width).map(line => `${inside}${line}`),
    ...settings.flatMap(setting => linesOf(setting, inside))
  ]
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, indent)
}
