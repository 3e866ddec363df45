/** What the spool's thread tells unasked: each happening is logged here, and told to who counts it. */
import { shedTexts } from './backlog.ts'
import type { SpoolStatus } from './messages.ts'
import type { SpoolNews } from './spool-link.ts'
import type { SpoolOptions } from './spool-options.ts'
import { stateTexts } from './spool-state.ts'

type Listeners = Pick<SpoolOptions, 'log' | 'onShed' | 'onDroppedDeadLetters'>

export function tellNews(news: SpoolNews, { log, onShed, onDroppedDeadLetters }: Listeners): void {
  if (news.kind === 'status') logState(news.status, log)
  else if (news.kind === 'shed') {
    log.warn({ output: news.output, shed: news.counts }, shedTexts[news.cause])
    onShed?.(news.output, news.counts, news.cause)
  } else {
    log.error({ dropped: news.count }, 'dead letters take a quarter of the spool: the oldest were deleted')
    onDroppedDeadLetters?.(news.count)
  }
}

function logState({ state, usedBytes, maxBytes }: SpoolStatus, log: SpoolOptions['log']): void {
  const { kind, ...details } = state
  const fields = { state: kind, ...details, usedBytes, maxBytes }
  if (kind === 'ok') log.info(fields, stateTexts.ok)
  else log.error(fields, stateTexts[kind])
}
