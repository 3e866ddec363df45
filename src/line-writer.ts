/** Lines to a stream, those of one turn together: so a source can wait for them once a block and not once an alert. */
import type { Writable } from 'node:stream'

export class LineWriter {
  readonly #stream: Writable
  #lines: string[] = []
  #written: Promise<void> | undefined

  constructor(stream: Writable) {
    this.#stream = stream
    // Each write tells of its own error; without a listener the first would end the process.
    stream.on('error', () => {})
  }

  /** Resolves when the line has been taken; rejects with the error of the stream. */
  add(line: string): Promise<void> {
    this.#lines.push(line)
    this.#written ??= Promise.resolve().then(() => this.#write())
    return this.#written
  }

  #write(): Promise<void> {
    const text = this.#lines.map(line => `${line}\n`).join('')
    this.#lines = []
    this.#written = undefined
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#stream.write(text, error => (error ? reject(error) : resolve()))
    return promise
  }
}
