/** A pipe that holds as much as it can: what is written to it waits until somebody reads. */
import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export class FullPipe {
  /** To be a program's standard output. */
  readonly fd: number

  constructor(folder: string) {
    const path = join(folder, 'pipe')
    spawnSync('mkfifo', [path])
    this.fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    while (this.#write(Buffer.alloc(4096, '.')));
  }

  /** Gives what is in it, and makes room. */
  read(): string {
    const buffer = Buffer.alloc(1 << 20)
    try {
      return buffer.toString('utf8', 0, readSync(this.fd, buffer))
    } catch (error) {
      if (isBusy(error)) return ''
      throw error
    }
  }

  close(): void {
    closeSync(this.fd)
  }

  #write(data: Buffer): boolean {
    try {
      return writeSync(this.fd, data) > 0
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN'
}
