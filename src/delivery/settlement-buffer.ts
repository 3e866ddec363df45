/** Gathers what is settled for a moment, since a message to a thread costs more than what it says. */
import type { Settlement } from './cursor.ts'

/** Little beside the 100 ms in which cursors are written anyway. */
const gatherMs = 5
/** So many go at once, for one output. */
const gatherCount = 500

export class SettlementBuffer {
  readonly #send: (output: string, settlements: readonly Settlement[]) => void
  readonly #outputs = new Map<string, Settlement[]>()
  #soon: NodeJS.Timeout | undefined

  constructor(send: (output: string, settlements: readonly Settlement[]) => void) {
    this.#send = send
  }

  add(output: string, settlements: readonly Settlement[]): void {
    let gathered = this.#outputs.get(output)
    if (gathered === undefined) {
      gathered = []
      this.#outputs.set(output, gathered)
    }
    for (const settlement of settlements) gathered.push(settlement)
    if (gathered.length >= gatherCount) this.flush()
    else this.#soon ??= setTimeout(() => this.flush(), gatherMs)
  }

  /** Sends what was gathered; to be called before anything whose answer depends on it. */
  flush(): void {
    clearTimeout(this.#soon)
    this.#soon = undefined
    for (const [output, settlements] of this.#outputs) this.#send(output, settlements)
    this.#outputs.clear()
  }
}
