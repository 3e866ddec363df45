/** Stands between a lane and what it works with, and counts what the lane cannot know of itself. */
import type { Output } from '../../../../outputs/output.ts'
import type { Spool } from '../../../../src/delivery/spool.ts'

export class Watch {
  /** By uuid: sends of the alert that did not end with its delivery. */
  readonly failedSends = new Map<string, number>()
  /** Sends that were given up on. */
  givenUp = 0
  /** The most alerts that the lane had and had not settled. */
  mostHeld = 0
  readonly #held = new Set<number>()

  output(output: Output): Output {
    return {
      send: async (alerts, signal) => {
        const failed = (uuid: string): unknown => this.failedSends.set(uuid, (this.failedSends.get(uuid) ?? 0) + 1)
        try {
          const outcomes = await output.send(alerts, signal)
          for (const [index, { kind }] of outcomes.entries()) if (kind !== 'delivered') failed(alerts[index]!.uuid)
          return outcomes
        } catch (error) {
          this.givenUp += 1
          for (const { uuid } of alerts) failed(uuid)
          throw error
        }
      },
      check: signal => output.check(signal),
      close: () => output.close()
    }
  }

  /** For one lane: what another had before is not held any more. */
  spool(spool: Spool): Pick<Spool, 'next' | 'settle' | 'append' | 'windows'> {
    this.#held.clear()
    return {
      next: async (name, request, options) => {
        const alerts = await spool.next(name, request, options)
        for (const { seq } of alerts) this.#held.add(seq)
        this.mostHeld = Math.max(this.mostHeld, this.#held.size)
        return alerts
      },
      settle: (name, settlements) => {
        for (const { seq } of settlements) this.#held.delete(seq)
        spool.settle(name, settlements)
      },
      append: (name, alerts, options) => spool.append(name, alerts, options),
      windows: name => spool.windows(name)
    }
  }
}
