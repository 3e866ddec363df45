/**
 * What the names of hosts in rules stand for: resolved at the start, and again and again, since addresses move. A name that
 * does not resolve keeps what it stood for before.
 */
import { lookup } from 'node:dns/promises'
import { setTimeout } from 'node:timers/promises'
import { messageOf } from '../base/errors.ts'
import { printableText } from '../base/printable.ts'
import type { Hosts } from '../rules/engine/fields/field.ts'
import { parseNetwork } from '../rules/engine/ip.ts'
import { printable } from '../rules/engine/printable.ts'
import { fromBytes } from '../rules/engine/source-text.ts'

/** As Falco does: soon at first, then twice as long each time. */
const firstPauseMs = 10_000
const longestPauseMs = 320_000
/** Events are not kept waiting for a resolver that does not answer. */
const startMs = 2000

export interface HostNamesOptions {
  readonly names: Iterable<string>
  /** Gives the addresses of a name; by default as the machine resolves names. */
  readonly resolve?: (name: string) => Promise<readonly string[]>
  /** Told once of each name that does not resolve. */
  readonly onWarning: (message: string) => void
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

export class HostNames implements Hosts {
  readonly #options: HostNamesOptions
  readonly #names: readonly string[]
  readonly #addresses = new Map<string, ReadonlySet<string>>()
  readonly #nameOf = new Map<string, string>()
  readonly #failed = new Set<string>()

  constructor(options: HostNamesOptions) {
    this.#options = options
    this.#names = [...options.names]
  }

  has(name: string, address: string): boolean {
    return this.#addresses.get(name)?.has(address) ?? false
  }

  nameOf(address: string): string | undefined {
    return this.#nameOf.get(address)
  }

  /** Resolves when each name has been asked for, or when that takes too long; goes on until `signal` aborts. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#names.length === 0) return
    const first = this.#resolveAll()
    void this.#refresh(first, signal)
    const waiting = new AbortController()
    await Promise.race([first, setTimeout(startMs, undefined, { signal: waiting.signal, ref: false }).catch(() => {})])
    waiting.abort()
  }

  async #refresh(first: Promise<void>, signal: AbortSignal): Promise<void> {
    const { pause = (ms, until) => setTimeout(ms, undefined, { signal: until, ref: false }) } = this.#options
    try {
      await first
      for (let ms = firstPauseMs; !signal.aborted; ms = Math.min(ms * 2, longestPauseMs)) {
        await pause(ms, signal)
        await this.#resolveAll()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #resolveAll(): Promise<void> {
    const found = await Promise.all(this.#names.map(async name => [name, await this.#resolve(name)] as const))
    for (const [name, addresses] of found) if (addresses !== undefined) this.#addresses.set(name, addresses)
    this.#nameOf.clear()
    for (const [name, addresses] of this.#addresses) for (const address of addresses) this.#nameOf.set(address, name)
  }

  async #resolve(name: string): Promise<ReadonlySet<string> | undefined> {
    const { resolve = lookupAll, onWarning } = this.#options
    try {
      const texts = await resolve(fromBytes(name))
      this.#failed.delete(name)
      return new Set(texts.map(text => parseNetwork(text)?.address).filter(address => address !== undefined))
    } catch (error) {
      const reason = printableText(messageOf(error))
      if (!this.#failed.has(name)) onWarning(`the name ${printable(name)} in rules does not resolve: ${reason}`)
      this.#failed.add(name)
      return undefined
    }
  }
}

async function lookupAll(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address)
}
