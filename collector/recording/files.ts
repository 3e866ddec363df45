/** Recordings on disk: making one that nobody else can read, and opening one that may be anything. */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync
} from 'node:fs'
import { TercelError } from '../../base/errors.ts'
import { readFailure, writeFailure } from '../../base/file-failure.ts'
import { RecordingReader } from './reader.ts'

const { O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

export interface OpenRecording {
  readonly reader: RecordingReader
  /** Bytes of the file, as of now. */
  readonly size: number
  close(): void
}

/**
 * Opens a recording and reads its header.
 *
 * @throws TercelError TERCEL_RECORDING when it cannot be read, or is none.
 */
export function openRecording(path: string): OpenRecording {
  const descriptor = attempt('read', path, () => openSync(path, O_RDONLY | O_NONBLOCK))
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile()) throw new TercelError('TERCEL_RECORDING', `${path} is not a file: a recording was expected`)
    const read = (target: Uint8Array, position: number) =>
      attempt('read', path, () => readAll(descriptor, target, position))
    const reader = new RecordingReader({ name: path, read })
    return { reader, size: status.size, close: () => closeSync(descriptor) }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** A new file to which whole blocks are written, of mode 0600: command lines may hold secrets. */
export class RecordingFile {
  readonly #path: string
  readonly #descriptor: number
  #size = 0

  /**
   * @param replace whether a file that is there already is removed; nothing but a regular file is.
   * @throws TercelError TERCEL_RECORDING when there is one that is not to be replaced; TERCEL_WRITE when it cannot be made.
   */
  constructor(path: string, replace: boolean) {
    this.#path = path
    const there = lstatSync(path, { throwIfNoEntry: false })
    if (there !== undefined && !there.isFile()) {
      throw new TercelError('TERCEL_RECORDING', `${path} is there already, and is not a file: name a new one`)
    }
    if (there !== undefined && !replace) {
      throw new TercelError('TERCEL_RECORDING', `${path} is there already: --force replaces it`)
    }
    this.#descriptor = attempt('write', path, () => {
      if (there !== undefined) unlinkSync(path)
      return openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    })
  }

  /** @throws TercelError TERCEL_WRITE when they cannot all be written; what was written before stays. */
  write(bytes: Uint8Array): void {
    try {
      attempt('write', this.#path, () => {
        for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done)
      })
    } catch (error) {
      // Of the part of a block nobody could make anything.
      ftruncateSync(this.#descriptor, this.#size)
      throw error
    }
    this.#size += bytes.length
  }

  /** Closes the file once it is on disk. */
  close(): void {
    try {
      attempt('write', this.#path, () => fsyncSync(this.#descriptor))
    } finally {
      closeSync(this.#descriptor)
    }
  }

  /** Closes and removes it: nothing was recorded. */
  discard(): void {
    closeSync(this.#descriptor)
    unlinkSync(this.#path)
  }
}

/** A read may give less than is there; 0 only at the end. */
function readAll(descriptor: number, target: Uint8Array, position: number): number {
  let done = 0
  while (done < target.length) {
    const count = readSync(descriptor, target, done, target.length - done, position + done)
    if (count === 0) break
    done += count
  }
  return done
}

function attempt<Result>(what: 'read' | 'write', path: string, act: () => Result): Result {
  try {
    return act()
  } catch (cause) {
    const [code, reason] =
      what === 'read'
        ? (['TERCEL_RECORDING', readFailure(cause)] as const)
        : (['TERCEL_WRITE', writeFailure(path, cause)] as const)
    throw new TercelError(code, `cannot ${what} ${path}: ${reason}`, { cause })
  }
}
