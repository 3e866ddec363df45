/** What processes cost, as the kernel accounts for it (proc(5)). */
import { readFileSync } from 'node:fs'

/** Clock ticks of /proc/PID/stat in a second: fixed for user space on Linux. */
const ticksPerSecond = 100

/** CPU seconds that a process and its threads have used, user and system. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name, in parentheses, may hold anything; utime is field 14, and the state behind the name is field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Memory of a process in bytes, of pages that it shares its share only (PSS). */
export function pssBytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
  return Number(/^Pss: +(\d+) kB$/m.exec(rollup)?.[1]) * 1024
}
