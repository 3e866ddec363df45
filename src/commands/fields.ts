/** `tercel fields`: the fields that rules can name, from the registry that the compiler of rules uses. */
import { Command, Option } from 'commander'
import { alertSource } from '../../rules/engine/alert-event.ts'
import type { FieldClass } from '../../rules/engine/fields/field.ts'
import {
  appliesTo,
  fieldClasses,
  fieldSources,
  type ListedField,
  listFields
} from '../../rules/engine/fields/registry.ts'
import { print } from '../print.ts'
import { oneOf } from './options.ts'

interface FieldsOptions {
  readonly json?: true
  readonly markdown?: true
  readonly source?: string
  readonly class?: string
}

/** Marks a field that no event can have yet. */
const unfilledMark = '-'

const legend = `${unfilledMark} before a name: nothing delivers the field yet. Rules may name it; it is missing in every event.`

export const fieldsCommand = new Command('fields')
  .description('list the fields that rules can name: types, arguments and what they mean')
  .addOption(new Option('--json', 'as JSON: an array of objects').conflicts('markdown'))
  .option('--markdown', 'as the page docs/fields.md')
  .addOption(
    new Option('--source <name>', 'only those that events of this source have, or alerts').argParser(
      oneOf('source', [...fieldSources, alertSource])
    )
  )
  .addOption(
    new Option('--class <name>', 'only those of this class, such as proc').argParser(
      oneOf(
        'class',
        fieldClasses.map(({ name }) => name)
      )
    )
  )
  .action(async (options: FieldsOptions) => {
    const classes = fieldClasses.filter(
      ({ name, sources }) =>
        (options.class === undefined || options.class === name) &&
        (options.source === undefined || appliesTo({ sources }, options.source))
    )
    if (options.json === true) await print(`${JSON.stringify(listFields(classes).map(jsonOf), undefined, 2)}\n`)
    else await print(options.markdown === true ? page(classes) : table(classes))
  })

/** The form that programs read; it stays as it is. */
function jsonOf({ name, type, shape, sources, description, filled, ...field }: ListedField): object {
  return {
    class: field.class,
    name,
    type,
    list: shape === 'list',
    argument: field.argument ?? null,
    sources,
    description,
    deprecated: field.deprecated ?? null,
    filled
  }
}

/** For a terminal: a paragraph for each class, a line for each field. */
function table(classes: readonly FieldClass[]): string {
  const paragraphs = classes.map(fieldClass => {
    const rows = listFields([fieldClass]).map(field => [
      `${field.filled ? ' ' : unfilledMark} ${withArgument(field)}`,
      typeOf(field),
      meaning(field)
    ])
    return `${heading(fieldClass)}: ${fieldClass.description}\n${aligned(rows)}`
  })
  return `${[...paragraphs, legend].join('\n\n')}\n`
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map(column => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')
}

/** The same as a page of the documentation. */
function page(classes: readonly FieldClass[]): string {
  const sections = classes.map(fieldClass => {
    const rows = listFields([fieldClass]).map(field => {
      const cells = [forms(field), typeOf(field), field.filled ? 'yes' : 'not yet', meaning(field)]
      return `| ${cells.map(markdownText).join(' | ')} |`
    })
    const title = `## ${heading(fieldClass)}\n\n${fieldClass.description}`
    return `${title}\n\n| field | type | filled | what it is |\n|---|---|---|---|\n${rows.join('\n')}`
  })
  return `${[introduction, ...sections].join('\n\n')}\n`
}

const introduction = `<!-- Generated: node src/main.ts fields --markdown > docs/fields.md -->

# Fields

What conditions and outputs of rules can name. \`tercel fields\` prints the same; with \`--json\` for programs.

A field that is not filled yet can be named, so that rules which do can be loaded; it is missing in every event. A test of a
missing value is false, and in an output it is \`<NA>\`.

Types: CHARBUF is text and BYTEBUF any bytes; INT64, UINT32, UINT64 and PORT are numbers; BOOL is \`true\` or \`false\`;
IPADDR is an address and IPNET a network, or an address in it; ABSTIME is a time and RELTIME a duration, both in nanoseconds; PRIORITY is the name of
a priority, and the more severe is the greater.
A list takes the operators \`exists\`, \`in\` and \`intersects\`.

An argument stands in brackets: an index is a number from 0, a key is a text.`

function heading({ name, sources }: FieldClass): string {
  return sources === undefined ? name : `${name} (${sources.join(', ')})`
}

/** `proc.aname[index]`; it stands there also where it may be left out. */
function withArgument({ name, argument }: ListedField): string {
  if (argument === undefined) return name
  return `${name}[${argument.of === 'either' ? 'index or key' : argument.of}]`
}

function forms(field: ListedField): string {
  const whole = `\`${withArgument(field)}\``
  return field.argument?.required === false ? `\`${field.name}\`, ${whole}` : whole
}

function typeOf({ type, shape }: ListedField): string {
  return shape === 'list' ? `list of ${type}` : type
}

function meaning({ description, deprecated }: ListedField): string {
  return deprecated === undefined ? description : `${description} Deprecated: ${deprecated}`
}

/** What would begin a tag, or end a cell. */
function markdownText(text: string): string {
  return text.replace(/[<|]/g, character => (character === '<' ? '&lt;' : '\\|'))
}
