/** The lines of a file, of standard input or of an answer, as they come: it may be large, or never end. */
import { createReadStream } from 'node:fs'
import { TercelError } from '../base/errors.ts'
import { readFailure } from '../base/file-failure.ts'

export interface TextLine {
  /** From 1. */
  readonly number: number
  readonly bytes: Buffer
}

const standardInput = '-'
const newline = 0x0a

/** Keeps what is no text from filling the memory. */
const longestLine = 16 << 20

/** How a path is called in messages. */
export function nameOf(path: string): string {
  return path === standardInput ? '<stdin>' : path
}

/**
 * Gives the lines in the portions in which they can be read, without what ends them.
 *
 * @param path a file, or - for standard input
 * @throws TercelError TERCEL_CONFIG where it cannot be read, or a line is longer than 16 MiB
 */
export async function* readLines(path: string): AsyncGenerator<readonly TextLine[]> {
  const stream = path === standardInput ? process.stdin : createReadStream(path)
  try {
    yield* splitLines(stream as AsyncIterable<Buffer>)
  } catch (error) {
    throw new TercelError('TERCEL_CONFIG', `cannot read ${nameOf(path)}: ${readFailure(error)}`, { cause: error })
  }
}

/** The same of any bytes. What they throw is thrown; an Error where a line is longer than 16 MiB. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly TextLine[]> {
  /** The beginning of a line whose end has not come. */
  let begun: Buffer[] = []
  let length = 0
  let number = 0
  for await (const chunk of chunks) {
    const lines: TextLine[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      lines.push({ number: ++number, bytes: Buffer.concat([...begun, chunk.subarray(start, end)]) })
      begun = []
      length = 0
      start = end + 1
    }
    begun.push(chunk.subarray(start))
    length += chunk.length - start
    if (lines.length > 0) yield lines
    if (length > longestLine) throw new Error(`line ${number + 1} is longer than 16 MiB`)
  }
  if (length > 0) yield [{ number: number + 1, bytes: Buffer.concat(begun) }]
}
