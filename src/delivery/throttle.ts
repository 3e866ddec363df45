/**
 * Of alerts that are alike the first of a time passes; the rest of that time are counted, and one more alert sums them up at
 * its end. Times go by when alerts were accepted, so that a backlog that is sent at once is throttled as it would have been.
 */
import { hash, randomUUID } from 'node:crypto'
import { type Alert, type OutputValue, rankOf } from '../../rules/alert.ts'
import type { AlertField } from '../../rules/engine/alert-condition.ts'
import type { ThrottleWindow } from './throttle-windows.ts'

export interface ThrottleSettings {
  /** Alerts that have the same values in all of them are alike. */
  readonly key: readonly AlertField[]
  readonly windowMs: number
}

/** Whoever makes alerts may make up keys without end: beyond so many at a time alerts pass as if they were not throttled. */
const maxWindows = 10_000

/** A window keeps an alert up to this size whole; of a larger one only the fields of the key. */
const maxKeptBytes = 32 * 1024

/** Of each text that a window keeps beside that, in characters. */
const maxTextLength = 500

interface State {
  /** Name and value of each field of the key; long values are cut. */
  readonly key: readonly (readonly [name: string, value: OutputValue])[]
  /** Of the whole key. */
  readonly digest: string
  /** How many alerts were held back. */
  count: number
  /** The uuid of the alert that passed. */
  readonly first: string
  /** The last that was held back, with the priority of the most severe of them. */
  last: Alert | undefined
}

export interface Window extends State {
  /** No other window has it, not even one that begins again after a crash. */
  readonly id: string
  readonly startMs: number
  readonly endMs: number
}

/** What sums up a window, and the id of the window, which ends with it. */
export interface Summary {
  readonly id: string
  readonly alert: Alert
}

export class Throttle {
  readonly #output: string
  readonly #settings: ThrottleSettings | undefined
  /** By the digest of their key, in the order in which they end. */
  readonly #windows = new Map<string, Window>()
  /** Those that an alert of a later time has ended. */
  #over: Window[] = []

  /**
   * @param output the name of the output
   * @param settings undefined where nothing is throttled
   * @param open windows of before; those of another key only end
   */
  constructor(output: string, settings: ThrottleSettings | undefined, open: readonly ThrottleWindow[] = []) {
    this.#output = output
    this.#settings = settings
    const names = settings?.key.map(({ name }) => name).join('\n')
    for (const { id, startMs, endMs, state } of open.toSorted((a, b) => a.endMs - b.endMs)) {
      const window: Window = { id, startMs, endMs, ...(JSON.parse(state) as State) }
      const isOfKey = window.key.map(([name]) => name).join('\n') === names
      const earlier = this.#windows.get(window.digest)
      if (earlier !== undefined || !isOfKey) this.#over.push(earlier ?? window)
      if (isOfKey) {
        this.#windows.delete(window.digest)
        this.#windows.set(window.digest, window)
      }
    }
  }

  /** All windows that hold something back, as the spool keeps them. */
  get open(): ThrottleWindow[] {
    const windows = [...this.#over, ...this.#windows.values()]
    return windows.filter(({ last }) => last !== undefined).map(window => this.recordOf(window))
  }

  /** When the first of the open windows ends, in milliseconds since the epoch; undefined where none is open. */
  get nextEndMs(): number | undefined {
    if (this.#over.length > 0) return 0
    const [first] = this.#windows.values()
    return first?.endMs
  }

  /**
   * The window that holds an alert back, which is counted there; undefined where the alert passes.
   *
   * @param acceptedMs milliseconds since the epoch
   * @param bytes of its JSON
   */
  hold(alert: Alert, acceptedMs: number, bytes: number): Window | undefined {
    if (this.#settings === undefined) return undefined
    const { key: fields, windowMs } = this.#settings
    const key = fields.map(({ name, read }) => [name, read(alert)] as const)
    const digest = digestOf(key)
    const window = this.#windows.get(digest)
    // A window of a later time is left of a clock that was set back.
    if (window !== undefined && acceptedMs >= window.startMs && acceptedMs < window.endMs) {
      window.count += 1
      window.last = kept(alert, window, bytes)
      return window
    }
    if (window !== undefined) {
      this.#windows.delete(digest)
      this.#over.push(window)
    }
    if (this.#windows.size < maxWindows) {
      const endMs = acceptedMs + windowMs
      const state = { key: shortened(key), digest, count: 0, first: cut(alert.uuid), last: undefined }
      this.#windows.set(digest, { id: randomUUID(), startMs: acceptedMs, endMs, ...state })
    }
    return undefined
  }

  /** A window as the spool keeps it. */
  recordOf({ id, startMs, endMs, ...state }: Window): ThrottleWindow {
    return { id, startMs, endMs, state: JSON.stringify(state) }
  }

  /** Ends the windows that were over at this time, in milliseconds since the epoch; gives those that held something back. */
  end(nowMs: number): Summary[] {
    const over = this.#over
    this.#over = []
    for (const [key, window] of this.#windows) {
      if (window.endMs > nowMs) break
      this.#windows.delete(key)
      over.push(window)
    }
    return over.flatMap(window => (window.last === undefined ? [] : [this.#summary(window, window.last)]))
  }

  #summary({ id, startMs, endMs, key, digest, count, first }: Window, last: Alert): Summary {
    const seconds = (endMs - startMs) / 1000
    const alike = key.map(([name, value]) => `${name}=${value ?? '<NA>'}`).join(' ')
    const clock = /T([\d:.]+)Z$/.exec(last.time)?.[1] ?? ''
    const more = count === 1 ? '1 more alert' : `${count} more alerts`
    const alert = {
      ...last,
      // Of the alerts as well: after a crash a window may begin a second time, with the rest of them.
      uuid: uuidOf(digestOf([this.#output, digest, startMs, first, last.uuid])),
      output: `${clock}: ${last.priority} ${more} within ${seconds} s (${alike}); the last: ${last.output}`,
      output_fields: {
        ...last.output_fields,
        'throttle.count': count,
        'throttle.window_seconds': seconds,
        'throttle.first_uuid': first,
        'throttle.last_uuid': last.uuid
      }
    }
    return { id, alert }
  }
}

/** 32 hexadecimal digits; the same values have the same. */
function digestOf(values: unknown): string {
  return hash('sha256', JSON.stringify(values)).slice(0, 32)
}

function shortened(key: State['key']): State['key'] {
  return key.map(([name, value]) => [
    name,
    Array.isArray(value) || typeof value === 'string' ? cut(String(value)) : value
  ])
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text
}

/** An alert as a window keeps it, with the priority of the most severe so far. */
function kept(alert: Alert, { key, last }: Window, bytes: number): Alert {
  const isLower = last !== undefined && rankOf(last.priority) > rankOf(alert.priority)
  const priority = isLower ? last.priority : alert.priority
  if (bytes <= maxKeptBytes) return { ...alert, priority }
  const { uuid, time, rule, source, hostname, output } = alert
  return {
    uuid: cut(uuid),
    time: cut(time),
    priority,
    rule: cut(rule),
    source: cut(source),
    hostname: cut(hostname),
    tags: [],
    output: cut(output),
    output_fields: Object.fromEntries(key.filter(([name]) => !name.startsWith('alert.')))
  }
}

/** A UUID of version 8 (RFC 9562, section 5.8) of 32 hexadecimal digits. */
function uuidOf(digits: string): string {
  const variant = ((Number.parseInt(digits[16]!, 16) & 3) | 8).toString(16)
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`
  ]
  return [...parts, digits.slice(20)].join('-')
}
