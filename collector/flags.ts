/** Numbers that calls take, as the names that users write in rules. */

export type Names = readonly (readonly [value: number, name: string])[]

/** include/uapi/asm-generic/fcntl.h, as x86_64 and arm64 have it but for the two that differ between them. */
const arm64 = process.arch === 'arm64'
export const OpenFlag = {
  RDONLY: 0o0,
  WRONLY: 0o1,
  RDWR: 0o2,
  CREAT: 0o100,
  EXCL: 0o200,
  NOCTTY: 0o400,
  TRUNC: 0o1000,
  APPEND: 0o2000,
  NONBLOCK: 0o4000,
  DSYNC: 0o10000,
  DIRECT: arm64 ? 0o200000 : 0o40000,
  LARGEFILE: arm64 ? 0o400000 : 0o100000,
  DIRECTORY: arm64 ? 0o40000 : 0o200000,
  NOFOLLOW: arm64 ? 0o100000 : 0o400000,
  CLOEXEC: 0o2000000,
  SYNC: 0o4010000,
  PATH: 0o10000000,
  TMPFILE: (arm64 ? 0o40000 : 0o200000) | 0o20000000
} as const

export const accessMode = 0o3

/** What f_flags does not tell: these it does not keep, and O_LARGEFILE the kernel adds for every 64-bit process. */
const notKept =
  OpenFlag.CREAT | OpenFlag.EXCL | OpenFlag.NOCTTY | OpenFlag.TRUNC | OpenFlag.CLOEXEC | OpenFlag.LARGEFILE

const openNames: Names = [
  [OpenFlag.CREAT, 'O_CREAT'],
  [OpenFlag.EXCL, 'O_EXCL'],
  [OpenFlag.NOCTTY, 'O_NOCTTY'],
  [OpenFlag.TRUNC, 'O_TRUNC'],
  [OpenFlag.APPEND, 'O_APPEND'],
  [OpenFlag.NONBLOCK, 'O_NONBLOCK'],
  [OpenFlag.SYNC, 'O_SYNC'],
  [OpenFlag.DSYNC, 'O_DSYNC'],
  [OpenFlag.DIRECT, 'O_DIRECT'],
  [OpenFlag.TMPFILE, 'O_TMPFILE'],
  [OpenFlag.LARGEFILE, 'O_LARGEFILE'],
  [OpenFlag.DIRECTORY, 'O_DIRECTORY'],
  [OpenFlag.NOFOLLOW, 'O_NOFOLLOW'],
  [OpenFlag.CLOEXEC, 'O_CLOEXEC'],
  [OpenFlag.PATH, 'O_PATH']
]

/** `O_WRONLY|O_CREAT`; the access mode comes first. */
export function openFlagNames(flags: number): string {
  const mode = flags & accessMode
  const first = mode === OpenFlag.RDWR ? 'O_RDWR' : mode === OpenFlag.WRONLY ? 'O_WRONLY' : 'O_RDONLY'
  const others = flagNames(flags & ~accessMode, openNames)
  return others === '' ? first : `${first}|${others}`
}

/**
 * The flags of an open, from those that memory showed when it returned and those of the file behind the descriptor. A
 * thread can have changed either meanwhile: where they differ the file counts as opened for reading and for writing.
 */
export function combinedFlags(asked: number, opened: number): number {
  const same = (asked & accessMode) === (opened & accessMode)
  return (same ? opened & accessMode : OpenFlag.RDWR) | (keptFlags(opened) & ~accessMode) | (asked & notKept)
}

/** What the flags of an open file (f_flags) tell of those of its open. */
export function keptFlags(opened: number): number {
  return opened & ~notKept
}

/** include/uapi/linux/openat2.h: the directory of the call stands for the root. */
export const RESOLVE_IN_ROOT = 0x10

const resolveNames: Names = [
  [0x01, 'RESOLVE_NO_XDEV'],
  [0x02, 'RESOLVE_NO_MAGICLINKS'],
  [0x04, 'RESOLVE_NO_SYMLINKS'],
  [0x08, 'RESOLVE_BENEATH'],
  [RESOLVE_IN_ROOT, 'RESOLVE_IN_ROOT'],
  [0x20, 'RESOLVE_CACHED']
]

export function resolveFlagNames(flags: number): string {
  return flagNames(flags, resolveNames) || '0'
}

/** include/uapi/linux/fcntl.h */
const linkNames: Names = [
  [0x400, 'AT_SYMLINK_FOLLOW'],
  [0x1000, 'AT_EMPTY_PATH']
]

export function linkFlagNames(flags: number): string {
  return flagNames(flags, linkNames) || '0'
}

/** dup3 takes one flag. */
export function duplicateFlagNames(flags: number): string {
  return flagNames(flags, [[OpenFlag.CLOEXEC, 'O_CLOEXEC']]) || '0'
}

/** include/uapi/linux/module.h */
const moduleNames: Names = [
  [1, 'MODULE_INIT_IGNORE_MODVERSIONS'],
  [2, 'MODULE_INIT_IGNORE_VERMAGIC'],
  [4, 'MODULE_INIT_COMPRESSED_FILE']
]

export function moduleFlagNames(flags: number): string {
  return flagNames(flags, moduleNames) || '0'
}

/** include/uapi/linux/sched.h */
const namespaceNames: Names = [
  [0x00000080, 'CLONE_NEWTIME'],
  [0x00020000, 'CLONE_NEWNS'],
  [0x02000000, 'CLONE_NEWCGROUP'],
  [0x04000000, 'CLONE_NEWUTS'],
  [0x08000000, 'CLONE_NEWIPC'],
  [0x10000000, 'CLONE_NEWUSER'],
  [0x20000000, 'CLONE_NEWPID'],
  [0x40000000, 'CLONE_NEWNET']
]

/** `CLONE_NEWNET|CLONE_NEWPID`, or `0`, which setns takes for any kind. */
export function namespaceFlagNames(flags: number): string {
  return flagNames(flags, namespaceNames) || '0'
}

/** What unshare may end sharing of, beside namespaces: include/uapi/linux/sched.h. */
const unshareNames: Names = [
  [0x00000100, 'CLONE_VM'],
  [0x00000200, 'CLONE_FS'],
  [0x00000400, 'CLONE_FILES'],
  [0x00000800, 'CLONE_SIGHAND'],
  [0x00010000, 'CLONE_THREAD'],
  [0x00040000, 'CLONE_SYSVSEM'],
  ...namespaceNames
]

export function unshareFlagNames(flags: number): string {
  return flagNames(flags, unshareNames) || '0'
}

/** The names of the bits that are set, `|` between them; what has no name follows in hexadecimal. */
export function flagNames(flags: number, names: Names): string {
  const set: string[] = []
  let rest = flags
  for (const [value, name] of names) {
    if ((rest & value) !== value) continue
    set.push(name)
    rest &= ~value
  }
  if (rest !== 0) set.push(`0x${(rest >>> 0).toString(16)}`)
  return set.join('|')
}
