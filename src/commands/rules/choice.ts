/** Which rules `list` and `explain` are about, and what of a rule both of them show. */
import { relative } from 'node:path'
import { type Command, Option } from 'commander'
import { printable } from '../../../rules/engine/printable.ts'
import type { Rule } from '../../../rules/engine/ruleset.ts'
import { loadChosenRules } from '../../chosen-rules.ts'
import { internalRules } from '../../rules.ts'

export interface ChoiceOptions {
  readonly config?: string
  readonly rules?: readonly string[]
}

export function rulesOption(): Option {
  return new Option('-r, --rules <files...>', 'the same: rule files, in place of those of the configuration')
}

/** The rules of the files; of the configuration, with those about tercel itself, where no file is named. */
export async function chosenRules(
  named: readonly string[],
  { config, rules: option = [] }: ChoiceOptions,
  command: Command
): Promise<readonly Rule[]> {
  if (named.length > 0 && option.length > 0) command.error("error: name rule files either with '--rules' or without it")
  const files = [...named, ...option]
  const { rules } = await loadChosenRules({ config, files: files.length > 0 ? files : undefined })
  return files.length > 0 ? rules.filter(({ place }) => place.file !== internalRules) : rules
}

/** The form that programs read; it stays as it is. */
export function ruleJson(rule: Rule) {
  const { name, priority, source, enabled, tags, eventTypes, fields, place, description } = rule
  return {
    rule: name,
    priority,
    source,
    enabled,
    tags,
    eventTypes: eventTypes === undefined ? null : [...eventTypes],
    fields: fields.map(printable),
    file: place.file,
    description
  }
}

/** The path as it is from here, if it is in this folder. */
export function nearPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}
