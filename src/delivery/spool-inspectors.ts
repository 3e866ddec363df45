/** Operators' looks into the spool's file: each has a thread of its own, which ends with it or with the spool. */

import type { ExportOptions, VerifyProgress, VerifyReport } from './inspection.ts'
import { databasePath } from './spool-database.ts'
import { SpoolInspector } from './spool-inspector.ts'
import type { SpoolLink } from './spool-link.ts'
import { verifySpool } from './verify-spool.ts'

export class SpoolInspectors {
  readonly #file: string
  readonly #open = new Set<SpoolInspector>()

  /** @param directory of the spool. */
  constructor(directory: string) {
    this.#file = databasePath(directory)
  }

  async *export(options: ExportOptions): AsyncGenerator<string> {
    const inspector = this.#start()
    try {
      yield* inspector.export(options)
    } finally {
      await this.#end(inspector)
    }
  }

  async verify(link: SpoolLink, onProgress: (progress: VerifyProgress) => void): Promise<VerifyReport> {
    const inspector = this.#start()
    try {
      return await verifySpool(link, inspector, onProgress)
    } finally {
      await this.#end(inspector)
    }
  }

  /** Ends them all; whoever waits for one is refused. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map(inspector => inspector.close()))
  }

  #start(): SpoolInspector {
    const inspector = new SpoolInspector(this.#file)
    this.#open.add(inspector)
    return inspector
  }

  async #end(inspector: SpoolInspector): Promise<void> {
    await inspector.close()
    this.#open.delete(inspector)
  }
}
