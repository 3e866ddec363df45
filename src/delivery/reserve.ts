/**
 * A file that does nothing but take room. On a full disk it is removed, so that cursors can be written and delivered
 * alerts deleted; alerts are taken again once it stands again.
 */
import { randomFillSync } from 'node:crypto'
import { closeSync, fsyncSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs'

const chunkBytes = 256 * 1024

export class ReserveFile {
  readonly bytes: number
  readonly #path: string
  #present: boolean

  constructor(path: string, bytes: number) {
    this.#path = path
    this.bytes = bytes
    this.#present = (statSync(path, { throwIfNoEntry: false })?.size ?? -1) >= bytes
  }

  get present(): boolean {
    return this.#present
  }

  /**
   * Writes the file if it is missing.
   *
   * @param margin bytes that must be free beside it.
   * @returns false when there is no room for both.
   */
  ensure(margin = 0): boolean {
    if (this.#present) return true
    let fd: number | undefined
    try {
      fd = openSync(this.#path, 'w', 0o600)
      // Random, because a file system that compresses keeps no room for zeros.
      const chunk = randomFillSync(Buffer.allocUnsafe(chunkBytes))
      for (let left = this.bytes + margin; left > 0; ) left -= writeSync(fd, chunk, 0, Math.min(left, chunkBytes))
      fsyncSync(fd)
      ftruncateSync(fd, this.bytes)
      this.#present = true
    } catch {
      this.release()
    } finally {
      if (fd !== undefined) closeSync(fd)
    }
    return this.#present
  }

  release(): void {
    this.#present = false
    rmSync(this.#path, { force: true })
  }
}
