/** The section `rules` as it is used: paths are absolute, and what the rule language reads knows its place in the file. */
import { join, type PlacedTree, type Pointer } from './document.ts'
import type { AppendOutputConfig, ExtraFieldConfig, RawAppendOutput, RawRules, RulesConfig } from './rules-schema.ts'

export interface RulesContext {
  /** Makes a path of the file absolute. */
  readonly absolute: (path: string) => string
  readonly shippedRules: readonly string[]
  readonly placeOf: PlacedTree['valuePlace']
}

export function toRules(raw: RawRules, { absolute, shippedRules, placeOf }: RulesContext): RulesConfig {
  const lists = Object.entries(raw.lists).map(([name, items]) => [name, items.map(String)])
  return {
    files: raw.files?.map(absolute) ?? shippedRules,
    lists: Object.fromEntries(lists),
    matching: raw.rule_matching,
    switches: raw.switches.map(({ enable, disable }, index) => {
      const place = placeOf(join('/rules/switches', index))
      return { enabled: enable !== undefined, ...(enable ?? disable), place }
    }),
    rateLimits: raw.rate_limits.map(({ rule, per_second: perSecond, burst }, index) => {
      const place = placeOf(join('/rules/rate_limits', index))
      return { rule, perSecond, burst: burst ?? Math.max(1, Math.ceil(perSecond)), place }
    }),
    appendOutput: raw.append_output.map((entry, index) =>
      toAppendOutput(entry, join('/rules/append_output', index), placeOf)
    )
  }
}

function toAppendOutput(
  { match, extra_output: text, extra_fields: fields = [] }: RawAppendOutput,
  pointer: Pointer,
  placeOf: PlacedTree['valuePlace']
): AppendOutputConfig {
  const output = text === undefined ? undefined : { text, place: placeOf(join(pointer, 'extra_output')) }
  return {
    ...match,
    place: placeOf(pointer),
    ...(output && { output }),
    fields: fields.flatMap((field, index) => {
      const at = join(join(pointer, 'extra_fields'), index)
      if (typeof field === 'string') return { kind: 'field', name: field, text: field, place: placeOf(at) } as const
      return Object.entries(field).map(
        ([name, template]): ExtraFieldConfig => ({
          kind: 'template',
          name,
          text: template,
          place: placeOf(join(at, name))
        })
      )
    })
  }
}
