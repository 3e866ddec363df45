/**
 * The system calls that can be traced: their names, their arguments as rules see them, and what their descriptor is, in
 * calls/, a file for each kind of call. The numbers are those of enum call in reader/frame.h.
 */
import type { Call } from './calls/call.ts'
import { duplicateCalls } from './calls/duplicate.ts'
import { linkCalls } from './calls/link.ts'
import { openCalls } from './calls/open.ts'
import { privilegedCalls } from './calls/privileged.ts'
import { socketCalls } from './calls/socket.ts'

export type { Call, CallFrame } from './calls/call.ts'

/** In the order of their numbers. */
export const calls: readonly Call[] = [
  ...openCalls,
  ...socketCalls,
  ...linkCalls,
  ...duplicateCalls,
  ...privilegedCalls
].toSorted((a, b) => a.number - b.number)

/** By number, for the frames; a hole is a call that is not known. */
export const callOfNumber: readonly (Call | undefined)[] = calls.reduce<(Call | undefined)[]>((table, call) => {
  table[call.number] = call
  return table
}, [])

/** By name, for what rules ask for. */
export const callOfName: ReadonlyMap<string, Call> = new Map(calls.map(call => [call.name, call]))
