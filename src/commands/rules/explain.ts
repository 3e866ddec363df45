/** `tercel rules explain`: what one rule is in the end, with lists, macros and exceptions in their places. */
import { Command } from 'commander'
import { TercelError } from '../../../base/errors.ts'
import { didYouMean } from '../../../base/nearest.ts'
import { printableText } from '../../../base/printable.ts'
import { wrapText } from '../../../base/text-width.ts'
import { printTemplate } from '../../../rules/engine/format.ts'
import { printCondition } from '../../../rules/engine/print.ts'
import { printable } from '../../../rules/engine/printable.ts'
import type { Rule } from '../../../rules/engine/ruleset.ts'
import { redact } from '../../log.ts'
import { print } from '../../print.ts'
import { redactedJson } from '../../redacted-json.ts'
import { configOption } from '../options.ts'
import { type ChoiceOptions, chosenRules, nearPath, ruleJson, rulesOption } from './choice.ts'

interface ExplainOptions extends ChoiceOptions {
  readonly macros?: true
  readonly json?: true
}

const width = 100
const labelWidth = 14

export const explainCommand = new Command('explain')
  .description('show a rule as it is matched: lists, macros and exceptions are in their places')
  .argument('<rule>', 'the name of the rule')
  .argument('[file...]', 'rule files, which are loaded together in this order')
  .addOption(rulesOption())
  .addOption(configOption())
  .option('--macros', 'macros by their names, not by what they stand for')
  .option('--json', 'as JSON: one object')
  .action(async (name: string, files: readonly string[], options: ExplainOptions, command: Command) => {
    const rule = ruleOfName(name, await chosenRules(files, options, command))
    const macros = options.macros ? 'name' : 'body'
    const condition = printCondition(rule.condition, { width, macros })
    await print(options.json ? `${redactedJson(jsonOf(rule, condition))}\n` : redact(textOf(rule, condition)))
  })

/** @throws TercelError TERCEL_RULES where no rule has the name */
function ruleOfName(name: string, rules: readonly Rule[]): Rule {
  const rule = rules.find(each => each.name === name)
  if (rule !== undefined) return rule
  const names = rules.map(each => each.name)
  throw new TercelError('TERCEL_RULES', `no rule has the name ${name}${didYouMean(name, names)}`)
}

/** The form that programs read; it stays as it is. */
function jsonOf(rule: Rule, condition: string): object {
  const outputFields = rule.extraFields.map(({ name, value }) => [name, printTemplate(value)])
  return {
    ...ruleJson(rule),
    output: printTemplate(rule.output),
    outputFields: Object.fromEntries(outputFields),
    condition
  }
}

function textOf(rule: Rule, condition: string): string {
  const { eventTypes, enabled, tags, fields, extraFields, place } = rule
  const types = eventTypes && [...eventTypes]
  const facts: readonly [label: string, text: string][] = [
    ['priority', rule.priority],
    ['source', rule.source],
    ['enabled', enabled ? 'yes' : 'no'],
    ['tags', tags.join(', ') || 'none'],
    ['event types', types === undefined ? 'every type' : types.join(', ') || 'none: it cannot match'],
    ['fields', fields.map(printable).join(', ') || 'none'],
    ['defined at', `${nearPath(place.file)}:${place.line}`]
  ]
  const blocks: readonly [label: string, lines: readonly string[]][] = [
    ['output', wrapText(printTemplate(rule.output), width)],
    ['output fields', extraFields.map(({ name, value }) => `${printableText(name)}: ${printTemplate(value)}`)],
    ['condition', condition.split('\n')]
  ]
  const paragraphs = [
    [printableText(rule.name), ...wrapText(printableText(rule.description), width)],
    facts.flatMap(([label, text]) => labelled(label, wrapText(printableText(text), width - labelWidth))),
    ...blocks
      .filter(([, lines]) => lines.length > 0)
      .map(([label, lines]) => [label, ...lines.map(line => `  ${line}`)])
  ]
  return `${paragraphs.map(lines => lines.join('\n')).join('\n\n')}\n`
}

/** The label before the first of the lines, blanks before the others. */
function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(labelWidth)}${line}`)
}
