/** Long work of the spool, with its progress. */
import { TercelError } from '../../../base/errors.ts'
import type { ControlClient } from '../../control/client.ts'
import type { StreamLine } from '../../server/api-types.ts'
import { Progress, type Step } from '../progress.ts'

/**
 * Has the spool do something, and shows how far it is on standard error.
 *
 * @param stepOf what to show of its progress.
 * @throws TercelError when it fails, or ends without a result.
 */
export async function runWork<How, Result>(
  client: ControlClient,
  path: string,
  stepOf: (progress: How) => Step
): Promise<Result> {
  const progress = new Progress({ lines: true })
  try {
    for await (const lines of client.lines('POST', path)) {
      for (const text of lines) {
        const line = JSON.parse(text) as StreamLine<How | null, Result>
        if ('result' in line) return line.result
        if ('progress' in line && line.progress !== null) progress.show(stepOf(line.progress))
      }
    }
  } finally {
    progress.stop()
  }
  throw new TercelError('TERCEL_CONTROL', 'tercel ended before it was done: look at its log')
}
