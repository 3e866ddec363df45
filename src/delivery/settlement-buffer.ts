/** Gathers what is settled in one turn of the event loop, since a message to a thread costs more than what it says. */
import type { Settlement } from './cursor.ts'

export class SettlementBuffer {
  readonly #send: (output: string, settlements: readonly Settlement[]) => void
  readonly #outputs = new Map<string, Settlement[]>()
  #soon: NodeJS.Immediate | undefined

  constructor(send: (output: string, settlements: readonly Settlement[]) => void) {
    this.#send = send
  }

  add(output: string, settlements: readonly Settlement[]): void {
    const gathered = this.#outputs.get(output)
    if (gathered === undefined) this.#outputs.set(output, [...settlements])
    else for (const settlement of settlements) gathered.push(settlement)
    this.#soon ??= setImmediate(() => this.flush())
  }

  /** Sends what was gathered; to be called before anything whose answer depends on it. */
  flush(): void {
    clearImmediate(this.#soon)
    this.#soon = undefined
    for (const [output, settlements] of this.#outputs) this.#send(output, settlements)
    this.#outputs.clear()
  }
}
