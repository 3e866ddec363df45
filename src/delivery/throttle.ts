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

/** What the windows of an output keep in all, about: beyond it they keep little, and there are no new ones. */
const maxBytes = 4 * 1024 * 1024

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
  /** When it ends by this machine's steady clock, which is another than that of the times at which alerts were accepted. */
  readonly dueMs: number
  /** What it keeps, about. */
  bytes: number
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
  #bytes = 0

  /**
   * @param output the name of the output
   * @param settings undefined where nothing is throttled
   * @param open windows of before; those of another key or length only end
   * @param nowMs milliseconds since the epoch, by a clock that does not jump
   */
  constructor(output: string, settings: ThrottleSettings | undefined, open: readonly ThrottleWindow[] = [], nowMs = 0) {
    this.#output = output
    this.#settings = settings
    const names = settings?.key.map(({ name }) => name).join('\n')
    for (const { id, startMs, endMs, state } of open.toSorted((a, b) => a.endMs - b.endMs)) {
      const known = readState(state)
      if (known === undefined) continue
      const dueMs = nowMs + Math.min(endMs - startMs, Math.max(0, endMs - nowMs))
      const window: Window = { id, startMs, endMs, dueMs, bytes: state.length, ...known }
      this.#bytes += window.bytes
      const isOfKey = window.key.map(([name]) => name).join('\n') === names && endMs - startMs === settings?.windowMs
      const earlier = this.#windows.get(window.digest)
      if (earlier !== undefined || !isOfKey) this.#over.push(earlier ?? window)
      if (isOfKey) {
        this.#windows.delete(window.digest)
        this.#windows.set(window.digest, window)
      }
    }
  }

  /** All windows, as the spool keeps them. */
  get open(): ThrottleWindow[] {
    return [...this.#over, ...this.#windows.values()].map(window => this.recordOf(window))
  }

  /** When the first of the open windows ends, by the clock that does not jump; undefined where none is open. */
  get nextDueMs(): number | undefined {
    if (this.#over.length > 0) return 0
    const [first] = this.#windows.values()
    return first?.dueMs
  }

  /**
   * The window that holds an alert back, which is counted there; undefined where the alert passes.
   *
   * @param bytes of its JSON
   * @param acceptedMs milliseconds since the epoch
   * @param nowMs the same, by a clock that does not jump
   */
  hold(alert: Alert, bytes: number, acceptedMs: number, nowMs: number): Window | undefined {
    if (this.#settings === undefined) return undefined
    const { key: fields, windowMs } = this.#settings
    const key = fields.map(({ name, read }) => [name, read(alert)] as const)
    const digest = digestOf(key)
    const window = this.#windows.get(digest)
    // The one that passed before a restart passes again: it was not sent, or it would not be read.
    if (window !== undefined && window.first === cut(alert.uuid)) return undefined
    // A window of a later time is left of a clock that was set back.
    if (window !== undefined && acceptedMs >= window.startMs && acceptedMs < window.endMs) {
      window.count += 1
      const isLarge = bytes > maxKeptBytes || this.#bytes - window.bytes + bytes > maxBytes
      window.last = kept(alert, window, isLarge)
      this.#bytes -= window.bytes
      window.bytes = isLarge ? JSON.stringify(window.last).length : bytes
      this.#bytes += window.bytes
      return window
    }
    if (window !== undefined) {
      this.#windows.delete(digest)
      this.#over.push(window)
    }
    if (this.#windows.size < maxWindows && this.#bytes < maxBytes) {
      const endMs = acceptedMs + windowMs
      const state = { key: shortened(key), digest, count: 0, first: cut(alert.uuid), last: undefined }
      const dueMs = nowMs + windowMs
      this.#windows.set(digest, { id: randomUUID(), startMs: acceptedMs, endMs, dueMs, bytes: 0, ...state })
    }
    return undefined
  }

  /** A window as the spool keeps it. */
  recordOf({ id, startMs, endMs, dueMs: _, bytes: __, ...state }: Window): ThrottleWindow {
    return { id, startMs, endMs, state: JSON.stringify(state) }
  }

  /** Ends the windows that are over for whoever has read an alert that was accepted then; gives what sums them up. */
  endRead(acceptedMs: number): Summary[] {
    return this.#end(({ endMs }) => endMs <= acceptedMs)
  }

  /** The same for whoever has read everything, by the clock that does not jump. */
  endDue(nowMs: number): Summary[] {
    return this.#end(({ dueMs }) => dueMs <= nowMs)
  }

  #end(isOver: (window: Window) => boolean): Summary[] {
    const over = this.#over
    this.#over = []
    for (const [digest, window] of this.#windows) {
      if (!isOver(window)) break
      this.#windows.delete(digest)
      over.push(window)
    }
    for (const { bytes } of over) this.#bytes -= bytes
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
function kept(alert: Alert, { key, last }: Window, isLarge: boolean): Alert {
  const isLower = last !== undefined && rankOf(last.priority) > rankOf(alert.priority)
  const priority = isLower ? last.priority : alert.priority
  if (!isLarge) return { ...alert, priority }
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

/** Undefined for what this version does not read: its count is lost, which is better than to stop. */
function readState(text: string): State | undefined {
  try {
    const state = JSON.parse(text) as State
    return Array.isArray(state.key) && typeof state.digest === 'string' ? state : undefined
  } catch {
    return undefined
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
