/** `tercel outputs describe`: what an output takes in the configuration, from its schema. */
import { Argument, Command } from 'commander'
import { wrapText } from '../../../base/text-width.ts'
import { outputDefinitions } from '../../../outputs/index.ts'
import type { OutputDefinition } from '../../../outputs/output.ts'
import { print } from '../../print.ts'
import { oneOf } from '../options.ts'
import { commonSchema, entrySchema, exampleEntry } from './entry.ts'
import { type Setting, settingsOf, textOf } from './setting.ts'

const widthWithoutTerminal = 100
const indent = '  '

export const describeCommand = new Command('describe')
  .description('say what an output takes in the configuration: every setting, and an example')
  .addArgument(
    new Argument('<type>', 'the word after type:; tercel outputs list --types lists them').argParser(
      oneOf('output', [...outputDefinitions.keys()])
    )
  )
  .option('--json', 'the JSON schema (draft 7) of an entry of outputs')
  .action(async (type: string, { json }: { readonly json?: true }) => {
    const definition = outputDefinitions.get(type)!
    await print(json ? `${JSON.stringify(entrySchema(definition), undefined, 2)}\n` : page(definition))
  })

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
