/** Names of users and groups, from the host's own files. A container's ids mean nothing there: only root is the same. */
import { readFileSync, statSync } from 'node:fs'

/** The files may change at any time; a look at their times this often is cheap. */
const checkEveryMs = 10_000

export interface AccountFiles {
  readonly passwd: string
  readonly group: string
}

export class Accounts {
  readonly #users: NameFile
  readonly #groups: NameFile

  constructor({ passwd, group }: AccountFiles = { passwd: '/etc/passwd', group: '/etc/group' }, now = Date.now) {
    this.#users = new NameFile(passwd, now)
    this.#groups = new NameFile(group, now)
  }

  /** The name of a user id; `containerId` is empty on the host. Undefined when either is not known. */
  user(uid: number, containerId: string | undefined): string | undefined {
    return nameOf(this.#users, uid, containerId)
  }

  group(gid: number, containerId: string | undefined): string | undefined {
    return nameOf(this.#groups, gid, containerId)
  }
}

function nameOf(file: NameFile, id: number, containerId: string | undefined): string | undefined {
  if (id === 0) return 'root'
  return containerId === '' ? file.name(id) : undefined
}

/** A file of lines `name:password:id:…`; a file that is missing or unreadable has no names. */
class NameFile {
  readonly #path: string
  readonly #now: () => number
  #names: ReadonlyMap<number, string> = new Map()
  #modifiedMs = -1
  #checkAt = 0

  constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
  }

  name(id: number): string | undefined {
    if (this.#now() >= this.#checkAt) this.#refresh()
    return this.#names.get(id)
  }

  #refresh(): void {
    this.#checkAt = this.#now() + checkEveryMs
    try {
      const { mtimeMs } = statSync(this.#path)
      if (mtimeMs === this.#modifiedMs) return
      this.#names = parseNames(readFileSync(this.#path, 'latin1'))
      this.#modifiedMs = mtimeMs
    } catch {
      this.#names = new Map()
      this.#modifiedMs = -1
    }
  }
}

function parseNames(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':')
    // The first line of an id counts, as in getpwuid(3).
    if (name !== '' && id !== undefined && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name!)
  }
  return names
}
