/** Ancestors of a process. */

import type { Process, SyscallEvent } from '../../../collector/event.ts'
import type { Argument, Extraction, Scalar } from './field.ts'

/** What one test may cost: a machine that forks ever deeper must not slow down every event. */
const longestLineage = 1024

/** `of` applied to one ancestor (0 is the process itself, 1 its parent), or to all of them without an index. */
export function ancestors(of: (process: Process) => Scalar | undefined): Extraction<SyscallEvent> {
  const some = ({ process }: SyscallEvent, holds: (value: Scalar) => boolean) => {
    let ancestor = process.parent
    for (let count = 0; ancestor !== undefined && count < longestLineage; count++) {
      const value = of(ancestor)
      if (value !== undefined && holds(value)) return true
      ancestor = ancestor.parent
    }
    return false
  }
  return {
    kind: 'ancestors',
    some,
    read(event, _context, index: Argument) {
      let process: Process | undefined = event.process
      for (let left = Number(index); left > 0 && process !== undefined; left--) process = process.parent
      return process === undefined ? undefined : of(process)
    },
    readAll(event) {
      const values: Scalar[] = []
      some(event, value => values.push(value) === 0)
      return values
    }
  }
}

/**
 * The leader of the process group, where it is the process itself or an ancestor. Nobody else can be told from here: a
 * leader that lives beside the process, as in a pipe, has no link to it.
 */
export function groupLeader(process: Process): Process | undefined {
  for (const each of lineageOf(process)) if (each.pid === process.pgid && each.pgid === process.pgid) return each
  return undefined
}

/** The eldest of the process and its ancestors whose name ends in `sh`. */
export function oldestShell(process: Process): Process | undefined {
  let shell: Process | undefined
  for (const each of lineageOf(process)) if (each.name.endsWith('sh')) shell = each
  return shell
}

/** The process, its parent and so on. */
function* lineageOf(process: Process): Generator<Process> {
  let each: Process | undefined = process
  for (let count = 0; each !== undefined && count < longestLineage; count++) {
    yield each
    each = each.parent
  }
}

/** The arguments after argv[0], separated by blanks. */
export function joinedArguments({ args }: Process): string {
  return args.join(' ')
}

/** The name and the arguments, separated by blanks. */
export function commandLine({ name, args }: Process): string {
  return args.length === 0 ? name : `${name} ${args.join(' ')}`
}

/** The same with argv[0] in place of the name. */
export function executableLine({ exe, args }: Process): string | undefined {
  return exe === undefined || args.length === 0 ? exe : `${exe} ${args.join(' ')}`
}
