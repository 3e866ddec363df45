/**
 * The contract of an output: a batch of alerts in, one outcome per alert out. An output translates and sends. It does
 * not retry, queue, sleep, log in a loop or decide about loss: delivery (src/delivery/) does, the same way for all.
 *
 * One file per output in this folder, one line each in index.ts.
 */
import type { Alert } from '../rules/alert.ts'

export type Outcome =
  | { readonly kind: 'delivered' }
  /** Not taken now: it will be sent again, after `afterMs` milliseconds when the far end asked for a pause. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  /** The far end refuses us and not the alert (401, 404): an operator has to mend it. It waits, and is tried slowly. */
  | { readonly kind: 'hold'; readonly reason: string }
  /** Refused as one of a batch, which as a whole was not taken (400, 413): it is sent again in a smaller one. */
  | { readonly kind: 'split'; readonly reason: string; readonly tooLarge: boolean }
  /** Never to be taken: it goes to the dead letters. */
  | { readonly kind: 'reject'; readonly reason: string }

export const delivered: Outcome = { kind: 'delivered' }

export function retry(reason: string, afterMs?: number): Outcome {
  return afterMs === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterMs }
}

export function hold(reason: string): Outcome {
  return { kind: 'hold', reason }
}

/** @param tooLarge whether it was refused for its size (413): then later batches are made smaller, too */
export function split(reason: string, { tooLarge = false } = {}): Outcome {
  return { kind: 'split', reason, tooLarge }
}

export function reject(reason: string): Outcome {
  return { kind: 'reject', reason }
}

/** A request that carried so many alerts was refused: one alert is not sent again, of several the one at fault is looked for. */
export function refuse(count: number, reason: string, options?: { readonly tooLarge: boolean }): Outcome {
  return count === 1 ? reject(reason) : split(reason, options)
}

export interface Output {
  /**
   * Sends a batch and gives one outcome per alert, in the same order. Rejects only when `signal` aborts, which is also
   * how a send that takes too long ends. Called again before the last call has ended only where `maxConcurrency` allows.
   */
  send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]>
  /** Can it be reached, and does it accept us? Throws with the reason when not. */
  check(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** What an output learns of its surroundings when it is made. */
export interface OutputContext {
  /** The name the user gave it in the configuration. */
  readonly name: string
  /** Relative paths in its settings are relative to this folder (the configuration file's). */
  readonly baseDirectory: string
}

/** The most that one call of `send` takes. One alert is always given, however large. */
export interface BatchLimits {
  readonly maxCount: number
  /** Of alert JSON. */
  readonly maxBytes: number
}

/**
 * A JSON schema (draft 7, as ajv takes it) with the descriptions that `tercel outputs describe` shows. Where the
 * value of a required setting is not evident, the first of its `examples` is shown; a secret has `writeOnly`.
 */
export type JsonSchema = Readonly<Record<string, unknown>>

export interface OutputDefinition {
  /** The word after `type:` in the configuration, and the name of the file. */
  readonly type: string
  readonly description: string
  /** Schema of the settings: an object schema; `type`, and what delivery adds for every output, are not in it. */
  readonly schema: JsonSchema
  /** How many calls of `send` it can serve at a time; what the user asks for is checked against it. */
  readonly maxConcurrency: number
  /** What the far end takes, where the user does not set `rate_limit`: in alerts. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number }
  batch(settings: never): BatchLimits
  /** What is wrong with settings that the schema accepts: a JSON pointer into them, and a message, each. */
  problems?(settings: never): readonly { readonly pointer: string; readonly message: string }[]
  /** What no second output may have as well, such as its file: a path, an address. */
  identity?(settings: never, context: Pick<OutputContext, 'baseDirectory'>): string
  /** Where it sends to, for people: a URL's origin, a path. Nothing that may be secret is in it. */
  target?(settings: never, context: Pick<OutputContext, 'baseDirectory'>): string
  /** Makes the output from settings that the schema has accepted (defaults filled in). Does no I/O yet. */
  create(settings: never, context: OutputContext): Output
}

/** Types `create`'s settings where an output is defined; the registry forgets them again. */
export function defineOutput<Settings>(
  definition: Omit<OutputDefinition, 'batch' | 'create' | 'identity' | 'problems' | 'target'> & {
    batch(settings: Settings): BatchLimits
    create(settings: Settings, context: OutputContext): Output
    problems?(settings: Settings): readonly { readonly pointer: string; readonly message: string }[]
    identity?(settings: Settings, context: Pick<OutputContext, 'baseDirectory'>): string
    target?(settings: Settings, context: Pick<OutputContext, 'baseDirectory'>): string
  }
): OutputDefinition {
  return definition as OutputDefinition
}
