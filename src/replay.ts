/**
 * Recordings through rules. The same recordings and rules give the same alerts, to the byte: times, names and the host come
 * from the recording, rate limits go by the time of the events, and uuids are made of what the event is.
 */
import { createHash } from 'node:crypto'
import { messageOf } from '../base/errors.ts'
import { Accounts } from '../collector/accounts.ts'
import { callOfName } from '../collector/calls.ts'
import type { Event } from '../collector/event.ts'
import type { RecordingHeader } from '../collector/recording/header.ts'
import type { RecordingReader } from '../collector/recording/reader.ts'
import { nothingToCommit } from '../collector/source.ts'
import { sources } from '../collector/sources/index.ts'
import type { Alert } from '../rules/alert.ts'
import { Engine } from '../rules/engine/engine.ts'
import { printable } from '../rules/engine/printable.ts'
import type { Ruleset } from '../rules/engine/ruleset.ts'

export interface ReplayOptions {
  readonly ruleset: Ruleset
  /** Takes an alert; resolves when it has been taken. */
  readonly print: (alert: Alert) => Promise<void>
  /** Told of what is missing, in one line. */
  readonly warn: (message: string) => void
  readonly onProgress?: (position: number) => void
}

export class Replay {
  /** Exec, fork, exit and syscall frames that were played. */
  events = 0
  /** By rule, in the order of the first alert. */
  readonly alerts = new Map<string, number>()
  /** Alerts that the limit of a rule has held back. */
  readonly heldBack = new Map<string, number>()
  readonly #options: ReplayOptions
  #failed = 0

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  /**
   * Plays one recording, with a process table and rate limits of its own.
   *
   * @throws TercelError TERCEL_RECORDING where it holds what no reader sends; what `print` throws.
   */
  async play(recording: RecordingReader): Promise<void> {
    const { ruleset, print, warn, onProgress } = this.#options
    const { header, name } = recording
    for (const message of doubts(header, ruleset)) warn(`${name}: ${message}`)
    let position = 0
    const engine = new Engine(ruleset, {
      hostname: header.hostname,
      names: new Accounts(header.accounts),
      newUuid: milliseconds => recordedUuid(milliseconds, `${header.id} ${position}`)
    })
    const source = sources.recording({
      recording,
      onWarning: message => warn(`${name}: ${message}`),
      ...(onProgress && { onProgress })
    })
    const emit = (events: readonly Event[]): Promise<void> => {
      let printed = nothingToCommit
      for (const event of events) {
        position++
        for (const alert of this.#evaluate(engine, event)) {
          add(this.alerts, alert.rule, 1)
          printed = print(alert)
        }
      }
      return printed
    }
    try {
      await source.start(emit, new AbortController().signal)
    } finally {
      this.events += source.events
      for (const [rule, count] of Object.entries(engine.takeSuppressed())) add(this.heldBack, rule, count)
    }
  }

  /** Events on which a rule could not be tried. */
  get failed(): number {
    return this.#failed
  }

  #evaluate(engine: Engine, event: Event): readonly Alert[] {
    try {
      return engine.evaluate(event)
    } catch (error) {
      const message = `an event of type ${event.type} could not be matched: ${messageOf(error)}`
      if (this.#failed++ === 0) this.#options.warn(message)
      return []
    }
  }
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

/** Why a replay may show less than these rules would have seen. */
function doubts({ calls, arch, tercel }: RecordingHeader, ruleset: Ruleset): string[] {
  const asked = [...ruleset.eventTypes('syscall')].filter(type => callOfName.has(type) && !calls.includes(type))
  const hosts = [...ruleset.hostNames].map(printable)
  const unknown = calls.filter(name => !callOfName.has(name))
  return [
    ...(hosts.length > 0 ? [`rules name ${hosts.join(', ')}: a replay does not resolve names of hosts`] : []),
    ...(asked.length > 0 ? [`the rules ask for ${asked.join(', ')}, which was not traced in this recording`] : []),
    ...(unknown.length > 0 ? [`it was made by tercel ${tercel}; this one does not know ${unknown.join(', ')}`] : []),
    ...(arch !== process.arch ? [`it was made on ${arch}, where some flags of open calls have other numbers`] : [])
  ]
}

/** A UUID of the form of version 7 (RFC 9562, section 5.7) whose random part is a hash of `origin`. */
export function recordedUuid(milliseconds: number, origin: string): string {
  const hash = createHash('sha256').update(origin).digest('hex')
  const time = Math.max(0, milliseconds).toString(16).padStart(12, '0').slice(-12)
  const variant = (0x8 | (Number.parseInt(hash[3]!, 16) & 0x3)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`
}
