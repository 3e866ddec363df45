/**
 * A file of lines that is only ever appended to, whole lines at a time. What a crash left of a line is mended on
 * opening; what a full disk left of a batch is taken back.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface LineFileOptions {
  readonly path: string
  /** Whether `append` ends only once the lines are on disk. */
  readonly fsync: boolean
  /** A file is rotated rather than growing beyond this; a single larger line has a file for itself. */
  readonly maxBytes: number
  /** How many rotated files are kept: `path.1` is the newest. */
  readonly maxFiles: number
}

const newline = 0x0a
const tailBytes = 64 * 1024

export class LineFile {
  readonly #options: LineFileOptions
  #handle: FileHandle | undefined
  #size = 0

  constructor(options: LineFileOptions) {
    this.#options = options
  }

  /**
   * Opens the file, unless the one at the path is open already: logrotate or a person may have moved it away.
   *
   * @throws the error of the file system; an Error when the path is not that of a regular file.
   */
  async open(): Promise<void> {
    const { path, fsync } = this.#options
    if (this.#handle !== undefined && !(await this.#moved(this.#handle))) return
    await this.close()
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK
    const handle = await open(path, flags, 0o600)
    try {
      const status = await handle.stat()
      if (!status.isFile()) throw new Error('it is not a regular file')
      this.#size = await mendTail(handle, status.size)
      // The name of a new file is on disk only once its directory is.
      if (fsync && status.size === 0) await syncDirectory(path)
    } catch (error) {
      await handle.close()
      throw error
    }
    this.#handle = handle
  }

  /**
   * Appends lines (each with its newline), rotating where the limit asks for it.
   *
   * @returns how many lines are in the file, from the first: all, or fewer when `error` says why not.
   */
  async append(lines: readonly string[]): Promise<{ written: number; error?: unknown }> {
    let written = 0
    try {
      while (written < lines.length) {
        await this.open()
        const end = this.#fitting(lines, written)
        if (end === written) await this.#rotate()
        else {
          await this.#write(Buffer.from(lines.slice(written, end).join('')))
          written = end
        }
      }
      return { written }
    } catch (error) {
      await this.close().catch(() => {})
      return { written, error }
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  /** The end of the lines from `start` on that fit into the file. */
  #fitting(lines: readonly string[], start: number): number {
    let size = this.#size
    let end = start
    while (end < lines.length) {
      size += Buffer.byteLength(lines[end]!)
      if (size > this.#options.maxBytes) break
      end += 1
    }
    return end === start && this.#size === 0 ? start + 1 : end
  }

  async #write(bytes: Buffer): Promise<void> {
    const handle = this.#handle!
    try {
      await handle.appendFile(bytes)
      if (this.#options.fsync) await handle.datasync()
      this.#size += bytes.length
    } catch (error) {
      // These lines will be sent again: none of them may stay, in part or whole.
      await handle.truncate(this.#size).catch(() => {})
      throw error
    }
  }

  async #rotate(): Promise<void> {
    const { path, maxFiles, fsync } = this.#options
    await this.close()
    for (let number = maxFiles - 1; number >= 1; number -= 1) {
      await ifPresent(rename(`${path}.${number}`, `${path}.${number + 1}`))
    }
    await ifPresent(maxFiles === 0 ? unlink(path) : rename(path, `${path}.1`))
    if (fsync) await syncDirectory(path)
  }

  async #moved(handle: FileHandle): Promise<boolean> {
    const [ours, there] = await Promise.all([handle.stat(), ifPresent(stat(this.#options.path))])
    // Somebody else may also have emptied or extended it.
    this.#size = ours.size
    return there === undefined || there.ino !== ours.ino || there.dev !== ours.dev
  }
}

/** Takes back or ends what stands after the last newline. Gives the file's size after it. */
async function mendTail(handle: FileHandle, size: number): Promise<number> {
  const start = await lastLineStart(handle, size)
  if (start === size) return size
  const first = Buffer.alloc(1)
  await handle.read(first, 0, 1, start)
  // Our own torn line (or the zeros a power cut left of it) was not delivered: it will be sent again.
  if (first[0] === '{'.charCodeAt(0) || first[0] === 0) {
    await handle.truncate(start)
    return start
  }
  // Somebody else's line is not ours to delete.
  await handle.appendFile('\n')
  return size + 1
}

async function lastLineStart(handle: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(tailBytes)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - tailBytes)
    const { bytesRead } = await handle.read(chunk, 0, end - start, start)
    const at = chunk.subarray(0, bytesRead).lastIndexOf(newline)
    if (at !== -1) return start + at + 1
    end = start
  }
  return 0
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Undefined where there is no such file. */
async function ifPresent<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
