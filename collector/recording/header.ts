/** What stands at the start of a recording: where and when it was made, and what frames alone do not tell. */
import type { AccountNames } from '../accounts.ts'

export interface RecordingHeader {
  /** Random, so that events of different recordings can be told apart. */
  readonly id: string
  /** The version of tercel that made it. */
  readonly tercel: string
  readonly hostname: string
  /** The release of the kernel. */
  readonly kernel: string
  /** Of the processor, as Node names it: some flags of system calls differ. */
  readonly arch: string
  /** ms since the Unix epoch. */
  readonly begun: number
  /** The version of the frames (reader/frame.h). */
  readonly frameVersion: number
  /** The names of the system calls that were traced. */
  readonly calls: readonly string[]
  /** Bound of the process table: with another one, other processes would be forgotten. */
  readonly processes: number
  /** Names of users and groups of the host. */
  readonly accounts: AccountNames
}

const longestText = 1024
const mostCalls = 4096
/** The largest pid_max of 64-bit Linux (proc(5)). */
const mostProcesses = 4_194_304

/** Reads what was parsed from JSON; anybody may have made it. Undefined when it is no header. */
export function readHeader(json: unknown): RecordingHeader | undefined {
  if (!isObject(json) || !isObject(json.accounts)) return undefined
  const { id, tercel, hostname, kernel, arch, begun, frameVersion, calls, processes } = json
  const users = readNames(json.accounts.users)
  const groups = readNames(json.accounts.groups)
  const texts = [id, tercel, hostname, kernel, arch]
  if (!texts.every(isText) || !isCount(begun, 2 ** 52) || !isCount(frameVersion, 2 ** 32)) return undefined
  if (!Array.isArray(calls) || calls.length > mostCalls || !calls.every(isText)) return undefined
  if (!isCount(processes, mostProcesses) || processes === 0 || users === undefined || groups === undefined)
    return undefined
  return { ...(json as unknown as RecordingHeader), accounts: { users, groups } }
}

function readNames(json: unknown): AccountNames['users'] | undefined {
  if (!Array.isArray(json)) return undefined
  const isName = (entry: unknown) =>
    Array.isArray(entry) && entry.length === 2 && isCount(entry[0], 2 ** 32 - 1) && isText(entry[1])
  return json.every(isName) ? (json as [number, string][]) : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestText
}

function isCount(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most
}
