/** Names of users and groups, from the host's own files. A container's ids mean nothing there: only root is the same. */
import { readFileSync, statSync } from 'node:fs'

/** The files may change at any time; a look at their times this often is cheap. */
const checkEveryMs = 10_000

export interface AccountFiles {
  readonly passwd: string
  readonly group: string
}

/** All names at one time, as a recording keeps them: the id of each, then its name. */
export interface AccountNames {
  readonly users: readonly (readonly [id: number, name: string])[]
  readonly groups: readonly (readonly [id: number, name: string])[]
}

interface NamesById {
  name(id: number): string | undefined
}

const hostFiles: AccountFiles = { passwd: '/etc/passwd', group: '/etc/group' }

export class Accounts {
  readonly #users: NamesById
  readonly #groups: NamesById

  /** Names that are read from files, which may change, or those that were recorded. */
  constructor(from: AccountFiles | AccountNames = hostFiles, now: () => number = Date.now) {
    this.#users = 'users' in from ? fixedNames(from.users) : new NameFile(from.passwd, now)
    this.#groups = 'groups' in from ? fixedNames(from.groups) : new NameFile(from.group, now)
  }

  /** The names that the files hold now. */
  static record({ passwd, group }: AccountFiles = hostFiles): AccountNames {
    return { users: [...readNames(passwd)], groups: [...readNames(group)] }
  }

  /** The name of a user id; `containerId` is empty on the host. Undefined when either is not known. */
  user(uid: number, containerId: string | undefined): string | undefined {
    return nameOf(this.#users, uid, containerId)
  }

  group(gid: number, containerId: string | undefined): string | undefined {
    return nameOf(this.#groups, gid, containerId)
  }
}

function nameOf(file: NamesById, id: number, containerId: string | undefined): string | undefined {
  if (id === 0) return 'root'
  return containerId === '' ? file.name(id) : undefined
}

function fixedNames(names: AccountNames['users']): NamesById {
  const byId = new Map(names)
  return { name: id => byId.get(id) }
}

function readNames(path: string): ReadonlyMap<number, string> {
  try {
    return parseNames(readFileSync(path, 'latin1'))
  } catch {
    return new Map()
  }
}

/** A file of lines `name:password:id:…`; a file that is missing or unreadable has no names. */
class NameFile implements NamesById {
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
