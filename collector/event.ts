/**
 * What a source gives and a rule reads. Strings that come from the kernel are bytes: latin1, one character a byte.
 */

/** Nanoseconds. Wall-clock times count from the Unix epoch, boot times from the start of the kernel. */
export type Nanoseconds = bigint

/** The common part of everything that can match a rule. */
export interface Event {
  /** Which registry of fields applies: `syscall`, `internal`, … */
  readonly source: string
  /** `evt.type`: the name of the system call, or of the happening. */
  readonly type: string
  /** Wall-clock time of the event. */
  readonly time: Nanoseconds
}

/** The kind of object behind a descriptor, by the letter that `fd.typechar` shows. */
export type DescriptorType =
  | { readonly char: 'f'; readonly name: 'file' }
  | { readonly char: 'd'; readonly name: 'directory' }
  | { readonly char: '4'; readonly name: 'ipv4' }
  | { readonly char: '6'; readonly name: 'ipv6' }
  | { readonly char: 'u'; readonly name: 'unix' }
  | { readonly char: 'n'; readonly name: 'netlink' }
  | { readonly char: 'p'; readonly name: 'pipe' }
  | { readonly char: 'o'; readonly name: 'other' }

/** One end of a socket. `address` is 4 or 16 bytes in network order, as a latin1 string; ports are in host order. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** Bytes of a buffer from `start` to before `end`. */
export interface ByteRange {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/** What a call's descriptor refers to. Absent members are not known. As long valid as the event that it belongs to. */
export interface Descriptor {
  readonly number: number | undefined
  readonly type: DescriptorType | undefined
  /**
   * `fd.name`: the path that the kernel resolved (symbolic links followed), or `local->remote` for a socket. A path that
   * is too long lacks its beginning and starts with `…` (`cutMark`) in its place; so do `exepath` and `cwd`.
   */
  readonly name: string | undefined
  /** `fd.nameraw` made absolute and normal: the path that was asked for, as rules compare it beside `name`. */
  readonly nameAsked: string | undefined
  /**
   * Where `name` and `nameAsked` are the same bytes of a frame, these bytes: most tests of a path need no string of it.
   * Undefined where they differ, or nobody knows without reading them.
   */
  readonly nameBytes?: ByteRange | undefined
  /** `fd.nameraw`: the path exactly as the process wrote it. */
  readonly nameRaw: string | undefined
  /** The bytes of `nameRaw` in a frame, where they stand there. */
  readonly nameRawBytes?: ByteRange | undefined
  readonly l4proto: 'tcp' | 'udp' | 'sctp' | 'icmp' | 'raw' | undefined
  /** Who connects, or sends, is the client; who listens, and what was accepted, is the server. */
  readonly client: Endpoint | undefined
  readonly server: Endpoint | undefined
  readonly local: Endpoint | undefined
  readonly remote: Endpoint | undefined
  /** Whether the socket has a peer that it is connected to; undefined for what is no IPv4 or IPv6 socket. */
  readonly connected: boolean | undefined
  /** Whether the call gave a socket another name than it had: another end, for this call or for good. */
  readonly nameChanged: boolean | undefined
}

/** A process as the collector knows it. Ids are those of the host's namespace unless the name starts with v. */
export interface Process {
  readonly pid: number
  readonly startTime: Nanoseconds
  readonly parent: Process | undefined
  readonly ppid: number
  readonly name: string
  readonly exe: string | undefined
  readonly exepath: string | undefined
  /** The arguments after argv[0]. */
  readonly args: readonly string[]
  readonly cwd: string | undefined
  readonly uid: number
  readonly gid: number
  /** The audit login uid; -1 when the process belongs to no login. */
  readonly loginUid: number
  readonly sid: number
  readonly pgid: number
  readonly vpid: number
  readonly vsid: number
  readonly vpgid: number
  /** Device number of the controlling terminal (tty_nr as in /proc/PID/stat); 0 without one. */
  readonly tty: number
  /** 64 hexadecimal digits, or empty on the host; undefined when no frame has told. */
  readonly containerId: string | undefined
  /** The leader of the session, when it is known. */
  readonly sessionLeader: Process | undefined
}

/** One argument of a call, as `evt.arg.NAME` shows it. */
export interface Argument {
  readonly name: string
  readonly value: string
}

/**
 * A system call that has returned (or a successful exec). It is a view over the bytes of a frame: valid until the call
 * of `emit` it was passed to returns, not longer; what should live on must be copied out.
 */
export interface SyscallEvent extends Event {
  readonly source: 'syscall'
  readonly number: number
  readonly cpu: number
  /** The calling thread's id, and its name (a thread may carry another name than its process). */
  readonly tid: number
  readonly threadName: string
  /** Effective ids of the calling thread at the time of the call. */
  readonly uid: number
  readonly gid: number
  /** The return value: negative is -errno. */
  readonly result: number
  readonly process: Process
  /** The descriptor that the call made or worked on, or undefined when the call has none. */
  readonly descriptor: Descriptor | undefined
  /** In the order of the call's documentation. */
  readonly args: readonly Argument[]
  /** The flags of an open call as the kernel took them; undefined for other calls, and where they could not be read. */
  readonly openFlags: number | undefined
}

/** A happening inside tercel that users must learn of: events lost, alerts shed, a reader that was away. */
export interface InternalEvent extends Event {
  readonly source: 'internal'
  /** Counters by reason, since the last such event. */
  readonly counters: Readonly<Record<string, number>>
}
