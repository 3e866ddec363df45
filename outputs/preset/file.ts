/** What a preset file says, once its schema has accepted it. docs/presets.md explains it. */
import type { Tree } from '../../config/document.ts'

export type SettingType = 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map'

/** A setting that the user of a preset gives. */
export interface PresetSetting {
  readonly type: SettingType
  readonly description: string
  readonly required: boolean
  readonly secret: boolean
  readonly default?: Tree
  readonly example?: Tree
  readonly enum?: readonly Tree[]
  readonly format?: string
  readonly pattern?: string
  /** Of `map`: a regular expression for its keys. */
  readonly keys?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** Settings of the webhook that a preset may have as well; tls, proxy and connect_timeout_seconds every preset has. */
export const transportOptions = ['headers', 'auth', 'signature', 'compression'] as const

export type TransportOption = (typeof transportOptions)[number]

/** How the alerts of a batch stand in one body. */
export type Join = 'single' | 'array' | 'ndjson' | 'concatenated'

export interface PresetBody {
  readonly join: Join
  /** A structure for each alert. */
  readonly each: Tree
  /** Of `ndjson`: a line of its own before that of each alert. */
  readonly action?: Tree
  /** Of `array`: the structure in which the list stands, as `{{ alerts }}`. */
  readonly around?: Tree
  readonly content_type?: string
}

export const verdicts = ['delivered', 'retry', 'hold', 'refuse'] as const

export type VerdictWord = (typeof verdicts)[number]

export interface PresetAnswer {
  readonly if: string
  readonly means: VerdictWord
  readonly pause_seconds?: string
}

export interface PresetItems {
  /** An expression that gives a list with a result for each alert: in order, or found by the uuid that `id` gives. */
  readonly list: string
  readonly id?: string
  /** What it means that there is none for an alert; where none of these holds, it is to be sent again. */
  readonly absent: readonly PresetAnswer[]
  readonly status: string
  readonly reason?: string
  readonly answers: readonly PresetAnswer[]
}

/** A preset as its file says, with the defaults. */
export interface PresetFile {
  readonly description: string
  readonly documentation: readonly string[]
  readonly settings: Readonly<Record<string, PresetSetting>>
  readonly request: {
    readonly method: 'POST' | 'PUT' | 'PATCH'
    readonly url: string
    readonly path: string
    readonly query: Readonly<Record<string, string>>
    readonly headers: { readonly [name: string]: Tree }
    readonly idempotency_key: boolean
    readonly options: readonly TransportOption[]
  }
  readonly maps: Readonly<Record<string, Tree>>
  readonly body: PresetBody
  readonly limits: {
    readonly batch?: { readonly max_count: number; readonly max_bytes: string | number }
    readonly request_bytes?: string | number
    readonly rate_limit?: { readonly per_second: number; readonly burst?: number }
    readonly concurrency: number
  }
  readonly answers: readonly PresetAnswer[]
  readonly items?: PresetItems
}
