/** What the spool's thread does for each request of the main thread, but for `next`. */
import type { DeadLetterOffice } from './dead-letter-office.ts'
import type { GroupCommit } from './group-commit.ts'
import { unknownOutput } from './group-queue.ts'
import type { SpoolRequestName, SpoolRequests, SpoolStatus } from './messages.ts'
import { unreadable } from './spool-state.ts'
import type { SpoolStore } from './spool-store.ts'

type Answer<Name extends SpoolRequestName> = undefined extends SpoolRequests[Name]['get']
  ? void | Promise<void>
  : SpoolRequests[Name]['get'] | Promise<SpoolRequests[Name]['get']>

export type SpoolHandlers = {
  [Name in Exclude<SpoolRequestName, 'next'>]: (give: SpoolRequests[Name]['give']) => Answer<Name>
}

export interface SpoolHandlersOptions {
  readonly store: SpoolStore
  readonly commits: GroupCommit
  readonly deadLetters: DeadLetterOffice
  readonly status: () => SpoolStatus
  readonly close: () => void
}

export function spoolHandlers({ store, commits, deadLetters, status, close }: SpoolHandlersOptions): SpoolHandlers {
  return {
    register: ({ output, from, backlog }) => {
      commits.withReserve(() => store.register(output, from, backlog))
      commits.checkLimits()
    },
    forget: ({ output }) => {
      if (!store.hasOutput(output)) throw unknownOutput(output)
      const { waiting } = store.books(output)
      commits.withReserve(() => store.unregister(output))
      commits.refuse(output)
      commits.checkLimits()
      return waiting
    },
    append: ({ batch }) => {
      const { output } = batch.address
      if (!store.hasOutput(output)) throw unknownOutput(output)
      return new Promise((resolve, refused) => commits.append(batch, resolve, refused))
    },
    windows: ({ output }) => store.windows(output),
    books: ({ output }) => store.books(output),
    outputs: () => store.outputs,
    deadLetters: ({ filter, limit }) => deadLetters.list(filter, limit),
    countDeadLetters: ({ filter }) => deadLetters.count(filter),
    replayDeadLetters: ({ filter }) => deadLetters.replay(filter),
    dropDeadLetters: ({ filter }) => deadLetters.drop(filter),
    checkIndex: ({ after }) => {
      commits.flush()
      // What is on its way to the file cannot be compared with it.
      if (!commits.readable || store.unwritten > 0) throw unreadable(commits.state)
      return store.checkIndex(after)
    },
    vacuumStep: () => {
      const bytes = commits.withReserve(() => store.size.vacuumStep())
      store.size.checkpoint()
      return bytes
    },
    emptyWal: () => commits.withReserve(() => store.size.emptyWal()),
    status,
    close
  }
}
