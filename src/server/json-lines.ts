/** Answers that are streams of JSON lines: how far something is, then what came of it. */
import { printableJson } from '../../base/printable.ts'
import type { Log } from '../delivery/log.ts'
import { failedAnswer } from './errors.ts'

export const jsonLines = 'application/x-ndjson'

/** A connection on which nothing happens would be ended; milliseconds. */
const repeatMs = 10_000

/**
 * Runs something and tells of it: `{"progress": …}` lines, of which a slow reader gets the newest only, then `{"result": …}` or
 * the error. The work begins at once, and goes on when nobody reads.
 */
export function progressLines<Progress, Result>(
  run: (onProgress: (progress: Progress) => void) => Promise<Result>,
  log: Log
): AsyncGenerator<string> {
  let progress: Progress | undefined
  let end: string | undefined
  let news = Promise.withResolvers<void>()
  const finish = (answer: object) => {
    end = line(answer)
    news.resolve()
  }
  run(latest => {
    progress = latest
    news.resolve()
  }).then(
    result => finish({ result }),
    error => finish(errorLine(error, log))
  )
  async function* lines() {
    const repeating = setInterval(() => news.resolve(), repeatMs)
    try {
      while (end === undefined) {
        await news.promise
        news = Promise.withResolvers<void>()
        if (end === undefined) yield line({ progress: progress ?? null })
      }
      yield end
    } finally {
      clearInterval(repeating)
    }
  }
  return lines()
}

/** Texts as lines; when there are no more because of an error, that is the last one. */
export async function* withErrorLine(texts: AsyncIterable<string>, log: Log): AsyncGenerator<string> {
  try {
    for await (const text of texts) yield `${text}\n`
  } catch (error) {
    yield line(errorLine(error, log))
  }
}

function errorLine(error: unknown, log: Log): object {
  const { answer, defect } = failedAnswer(error)
  if (defect) log.error({ err: error }, 'a request could not be answered')
  return answer
}

function line(value: unknown): string {
  return `${printableJson(value)}\n`
}
