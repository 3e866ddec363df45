/** What kind of call a system call is, where its name alone, or its name and descriptor, say so. */

import type { DescriptorType, SyscallEvent } from '../../../collector/event.ts'
import { descriptorType } from './descriptor.ts'

/** `io` is a call that works on whatever the descriptor is: its category is that of the descriptor. */
type Kind = 'file' | 'net' | 'process' | 'user' | 'memory' | 'wait' | 'sleep' | 'other' | 'io'

const namesOf: Readonly<Record<Kind, string>> = {
  file: `open openat openat2 open_by_handle_at creat link linkat symlink symlinkat rename renameat renameat2 unlink
    unlinkat rmdir mkdir mkdirat chmod fchmod fchmodat chown fchown lchown fchownat chdir fchdir mount umount2 flock
    userfaultfd copy_file_range`,
  net: 'socket bind connect listen accept accept4 shutdown getsockopt setsockopt',
  process: 'execve execveat fork vfork clone clone3 setns unshare ptrace chroot setsid setpgid prctl procexit',
  user: 'setuid setgid setresuid setresgid',
  memory: 'mmap mprotect munmap brk mlock munlock mlockall munlockall',
  wait: 'poll ppoll select epoll_wait',
  sleep: 'nanosleep',
  other: 'bpf init_module finit_module seccomp io_uring_setup io_uring_register',
  io: `dup dup2 dup3 close read write pread64 pwrite64 readv writev preadv pwritev sendto sendmsg sendmmsg recvfrom recvmsg
    recvmmsg sendfile splice ioctl fcntl io_uring_enter`
}

const kinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries(namesOf).flatMap(([kind, names]) => words(names).map(name => [name, kind as Kind] as const))
)

const readers = new Set(words('read pread64 readv preadv recvfrom recvmsg recvmmsg copy_file_range'))
const writers = new Set(words('write pwrite64 writev pwritev sendto sendmsg sendmmsg copy_file_range io_uring_enter'))
/** Calls that make what their descriptor would be, and have none when they fail. */
const openers = new Set(words('open openat openat2 open_by_handle_at creat'))
const connectors = new Set(words('connect accept accept4'))
const waiters = new Set(words(`${namesOf.wait} ${namesOf.sleep}`))

const categoryOfChar: Readonly<Record<DescriptorType['char'], string>> = {
  f: 'file',
  d: 'file',
  4: 'net',
  6: 'net',
  u: 'ipc',
  p: 'ipc',
  n: 'unknown',
  o: 'unknown'
}

/** `evt.category`; undefined for a call whose kind nobody has said here. */
export function categoryOf(event: SyscallEvent): string | undefined {
  const kind = kinds.get(event.type)
  if (kind !== 'io') return kind
  const type = descriptorType(event)
  return type === undefined ? 'unknown' : categoryOfChar[type.char]
}

export function isRead({ type }: SyscallEvent): boolean {
  return readers.has(type)
}

export function isWrite({ type }: SyscallEvent): boolean {
  return writers.has(type)
}

export function isWait({ type }: SyscallEvent): boolean {
  return waiters.has(type)
}

/** What an error of the call counts as: by its descriptor, or by its name where it has none. */
export function errorKindOf(event: SyscallEvent): 'file' | 'net' | 'memory' | 'other' {
  const char = descriptorType(event)?.char
  if (char === 'f' || char === 'd') return 'file'
  if (char === '4' || char === '6' || char === 'u') return 'net'
  if (char !== undefined) return 'other'
  if (openers.has(event.type)) return 'file'
  if (connectors.has(event.type)) return 'net'
  return kinds.get(event.type) === 'memory' ? 'memory' : 'other'
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
