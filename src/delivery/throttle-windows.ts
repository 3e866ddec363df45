/**
 * What throttles know, as far as a crash must not part it from what they have settled: windows that are open, of each
 * output by id. A window is written by the commit that writes the settlement it came with, and deleted by the one that
 * accepts the alert that sums it up. What is in a state is the throttle's own matter.
 */
import { TercelError } from '../../base/errors.ts'
import type { AlertBatch } from './records.ts'
import type { SpoolStatements } from './spool-statements.ts'

export interface ThrottleWindow {
  /**
   * Short. A later state of the same id takes its place; a window that opens before the one ahead of it is deleted needs
   * another id.
   */
  readonly id: string
  /** Whole milliseconds since the epoch. */
  readonly startMs: number
  readonly endMs: number
  /** JSON; at most 64 KiB in UTF-8. */
  readonly state: string
}

const maxStateBytes = 64 * 1024

/** @throws TercelError TERCEL_DEFECT for what the file would not take. */
export function checkWindow({ startMs, endMs, state }: ThrottleWindow): void {
  if (!Number.isSafeInteger(startMs) || !Number.isSafeInteger(endMs)) {
    throw new TercelError('TERCEL_DEFECT', 'a throttle window begins and ends at whole milliseconds')
  }
  if (state.length <= maxStateBytes / 3 || Buffer.byteLength(state) <= maxStateBytes) return
  throw new TercelError('TERCEL_DEFECT', 'the state of a throttle window is larger than 64 KiB')
}

export class ThrottleWindows {
  /** What is not on disk, by output and id. */
  readonly #unwritten = new Map<string, Map<string, ThrottleWindow>>()

  put(output: string, window: ThrottleWindow): void {
    const windows = this.#unwritten.get(output) ?? new Map<string, ThrottleWindow>()
    this.#unwritten.set(output, windows.set(window.id, window))
  }

  /** Those that are open. */
  of(output: string, sql: SpoolStatements): ThrottleWindow[] {
    const windows = sql.windows.all(output) as unknown as ThrottleWindow[]
    const byId = new Map(windows.map(window => [window.id, window]))
    for (const [id, window] of this.#unwritten.get(output) ?? []) byId.set(id, window)
    return [...byId.values()]
  }

  /** In a transaction: what is new, and then what the batches close. */
  write(sql: SpoolStatements, batches: readonly AlertBatch[]): void {
    for (const [output, windows] of this.#unwritten) {
      for (const { id, startMs, endMs, state } of windows.values()) {
        sql.writeWindow.run(output, id, startMs, endMs, state)
      }
    }
    for (const { address } of batches) {
      for (const id of address?.closes ?? []) sql.deleteWindow.run(address!.output, id)
    }
  }

  written(): void {
    this.#unwritten.clear()
  }

  /** A batch that closes windows was accepted, by a commit of which it was not known. */
  closed({ address }: AlertBatch): void {
    for (const id of address?.closes ?? []) this.#unwritten.get(address!.output)?.delete(id)
  }

  forget(output: string): void {
    this.#unwritten.delete(output)
  }
}
