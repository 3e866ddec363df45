/** `tercel rules list`: the rules, one on each line. */
import { Command, Option } from 'commander'
import { printableText } from '../../../base/printable.ts'
import { type Priority, severityOf } from '../../../rules/alert.ts'
import { eventNames } from '../../../rules/engine/event-names.ts'
import type { Rule } from '../../../rules/engine/ruleset.ts'
import { wildcardMatcher } from '../../../rules/engine/switches.ts'
import { count } from '../../count.ts'
import { redact } from '../../log.ts'
import { print } from '../../print.ts'
import { redactedJson } from '../../redacted-json.ts'
import { configOption, oneOf, priorityOption } from '../options.ts'
import { table } from '../table.ts'
import { type ChoiceOptions, chosenRules, nearPath, ruleJson, rulesOption } from './choice.ts'

interface ListOptions extends ChoiceOptions {
  readonly rule?: string
  readonly tag?: readonly string[]
  readonly priority?: Priority
  readonly source?: string
  readonly eventType?: string
  readonly enabled?: true
  readonly disabled?: true
  readonly json?: true
}

/** How many event types or tags of a rule the table names. */
const mostNamed = 3

const disabledMark = '-'

export const listCommand = new Command('list')
  .description('list rules: those of the files, else those of the configuration')
  .argument('[file...]', 'rule files, which are loaded together in this order')
  .addOption(rulesOption())
  .addOption(configOption())
  .option('--rule <name>', 'only rules of this name, in which * is any text')
  .addOption(new Option('--tag <tag>', 'only rules with this tag; may be repeated').argParser(collect))
  .addOption(priorityOption('only rules of this priority, or more severe'))
  .addOption(
    new Option('--source <name>', 'only rules for this source').argParser(oneOf('source', [...eventNames.keys()]))
  )
  .addOption(
    new Option('--event-type <name>', 'only rules that events of this type can match').argParser(
      oneOf(
        'event type',
        [...eventNames.values()].flatMap(names => [...names])
      )
    )
  )
  .addOption(new Option('--enabled', 'only rules that are enabled').conflicts('disabled'))
  .option('--disabled', 'only rules that are disabled')
  .option('--json', 'as JSON: an array of objects')
  .action(async (files: readonly string[], options: ListOptions, command: Command) => {
    const rules = (await chosenRules(files, options, command)).filter(rule => isWanted(rule, options))
    await print(options.json ? `${redactedJson(rules.map(ruleJson))}\n` : textOf(rules))
  })

/** A rule must have all of the tags that are asked for. */
function isWanted(rule: Rule, { rule: name, tag: tags = [], ...options }: ListOptions): boolean {
  const { priority: most, source, eventType } = options
  return (
    (name === undefined || wildcardMatcher(name)(rule.name)) &&
    tags.every(tag => rule.tags.includes(tag)) &&
    (most === undefined || severityOf(rule.priority) <= severityOf(most)) &&
    (source === undefined || rule.source === source) &&
    (eventType === undefined || canMatch(rule, eventType)) &&
    (options.enabled === undefined || rule.enabled) &&
    (options.disabled === undefined || !rule.enabled)
  )
}

function canMatch({ source, eventTypes }: Rule, type: string): boolean {
  return eventNames.get(source)?.has(type) === true && (eventTypes?.has(type) ?? true)
}

function textOf(rules: readonly Rule[]): string {
  const disabled = rules.filter(({ enabled }) => !enabled).length
  const mark = disabled === 0 ? '' : `${disabledMark} `
  const rows = rules.map(rule => [
    (rule.enabled ? mark.replace(disabledMark, ' ') : mark) + rule.name,
    rule.priority,
    rule.source,
    rule.eventTypes === undefined ? 'every type' : shortList([...rule.eventTypes]),
    shortList(rule.tags),
    nearPath(rule.place.file)
  ])
  const heading = [`${mark.replace(disabledMark, ' ')}RULE`, 'PRIORITY', 'SOURCE', 'EVENT TYPES', 'TAGS', 'FILE']
  const cells = [heading, ...rows].map(row => row.map(cell => printableText(redact(cell))))
  const legend = disabled === 0 ? '' : ` (${disabledMark} before a name: ${count(disabled, 'rule')} disabled)`
  return `${rules.length === 0 ? '' : table(cells, process.stdout.columns || undefined)}${count(rules.length, 'rule')}${legend}\n`
}

function shortList(items: readonly string[]): string {
  const named = items.slice(0, mostNamed).join(', ')
  return items.length <= mostNamed ? named : `${named} and ${items.length - mostNamed} more`
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
