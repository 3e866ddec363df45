/** The schema of `rules`, and the types that it becomes. What the texts mean is the rule language's to say. */
import type { Place } from '../base/errors.ts'

export const ruleMatchings = ['first', 'all'] as const

export interface RulesConfig {
  /** Absolute paths, in the order of loading. */
  readonly files: readonly string[]
  /** Lists of the rule files whose items are replaced. */
  readonly lists: Readonly<Record<string, readonly string[]>>
  readonly matching: (typeof ruleMatchings)[number]
  readonly switches: readonly SwitchConfig[]
  readonly rateLimits: readonly RateLimitConfig[]
  readonly appendOutput: readonly AppendOutputConfig[]
}

/** Switches the rules of a name, in which a star stands for any text, or those of a tag. */
export interface SwitchConfig {
  readonly enabled: boolean
  readonly rule?: string | undefined
  readonly tag?: string | undefined
  readonly place: Place
}

/** How many alerts the rules of a name may raise, in which a star stands for any text. */
export interface RateLimitConfig {
  readonly rule: string
  readonly perSecond: number
  readonly burst: number
  readonly place: Place
}

/** What is added to the outputs of the rules that it fits; what is not said fits every rule. */
export interface AppendOutputConfig {
  readonly place: Place
  readonly rule?: string | undefined
  readonly source?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly output?: { readonly text: string; readonly place: Place } | undefined
  readonly fields: readonly ExtraFieldConfig[]
}

/** A `field` of the rule language under its own name, or the text of a `template` under another. */
export interface ExtraFieldConfig {
  readonly kind: 'field' | 'template'
  readonly name: string
  readonly text: string
  readonly place: Place
}

/** The section after ajv has filled in the defaults. */
export interface RawRules {
  files?: string[]
  lists: Record<string, (string | number)[]>
  rule_matching: RulesConfig['matching']
  switches: { enable?: RawTarget; disable?: RawTarget }[]
  rate_limits: { rule: string; per_second: number; burst?: number }[]
  append_output: RawAppendOutput[]
}

export interface RawTarget {
  rule?: string
  tag?: string
}

export interface RawAppendOutput {
  match?: { rule?: string; source?: string; tags?: string[] }
  extra_output?: string
  extra_fields?: (string | Record<string, string>)[]
}

const word = { type: 'string', minLength: 1 } as const

const target = (what: string) =>
  ({
    type: 'object',
    description: what,
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    properties: {
      rule: {
        ...word,
        description:
          'The name of the rule, in which * stands for any text. One that begins with * means no rule about tercel itself.'
      },
      tag: { ...word, description: 'A tag of the rules.' }
    }
  }) as const

export const rulesSchema = {
  type: 'object',
  description: 'What is looked for.',
  additionalProperties: false,
  default: {},
  properties: {
    files: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', format: 'path' },
      description:
        'Rule files in the order in which they are loaded, relative to this file. The rules that ship with tercel when absent.'
    },
    lists: {
      type: 'object',
      default: {},
      additionalProperties: { type: 'array', items: { type: ['string', 'integer'] } },
      description: 'Replaces the items of lists that the rule files define.'
    },
    rule_matching: {
      type: 'string',
      enum: ruleMatchings,
      default: 'first',
      description:
        'Whether an event raises the alert of the first rule that matches, in the order of loading, or of all.'
    },
    switches: {
      type: 'array',
      default: [],
      description: 'Switches rules on and off after all files are loaded, one after the other.',
      items: {
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        maxProperties: 1,
        properties: {
          enable: target('The rules that are switched on.'),
          disable: target('The rules that are switched off.')
        }
      }
    },
    rate_limits: {
      type: 'array',
      default: [],
      description: 'How many alerts rules may raise; of the entries that fit a rule the last counts.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['rule', 'per_second'],
        properties: {
          rule: {
            ...word,
            description:
              'The name of the rule, in which * stands for any text. One that begins with * means no rule about tercel itself.'
          },
          per_second: { type: 'number', minimum: 0.0001, maximum: 1e6, description: 'Alerts per second, over time.' },
          burst: {
            type: 'integer',
            minimum: 1,
            maximum: 1e6,
            description: 'How many may come at once; those of a second when absent.'
          }
        }
      }
    },
    append_output: {
      type: 'array',
      default: [],
      description: 'Adds to the alerts of rules.',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          match: {
            type: 'object',
            description: 'The rules that are meant. Without it all but those about tercel itself.',
            additionalProperties: false,
            properties: {
              rule: { ...word, description: 'The name of the rule, in which * stands for any text.' },
              source: { ...word, description: 'The source of their events.' },
              tags: { type: 'array', items: word, description: 'Tags of which a rule must have all.' }
            }
          },
          extra_output: { ...word, description: 'Text with fields that is added to the output, after a blank.' },
          extra_fields: {
            type: 'array',
            description: 'What is added to output_fields: fields, and texts with fields under a name of their own.',
            items: { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: { type: 'string' } }] }
          }
        }
      }
    }
  }
} as const
