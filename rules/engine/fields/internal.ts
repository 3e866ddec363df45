/** `internal.*`: what tercel reports about itself. */

import type { InternalEvent } from '../../../collector/event.ts'
import { toBytes } from '../source-text.ts'
import { type FieldClass, field } from './field.ts'

export const internal: FieldClass = {
  name: 'internal',
  description: 'What tercel reports about itself.',
  sources: ['internal'],
  fields: [
    field('internal.total', 'UINT64', 'Sum of the counters.', ({ counters }: InternalEvent) =>
      Object.values(counters).reduce((sum, count) => sum + count, 0)
    ),
    field(
      'internal.counter',
      'UINT64',
      'The counter of one reason.',
      ({ counters }: InternalEvent, _context, reason) =>
        Object.hasOwn(counters, String(reason)) ? counters[String(reason)] : undefined,
      { argument: { required: true, of: 'key' } }
    ),
    field(
      'internal.counters',
      'CHARBUF',
      'All counters: reason=count, separated by blanks.',
      ({ counters }: InternalEvent) =>
        toBytes(
          Object.entries(counters)
            .map(([reason, count]) => `${reason}=${count}`)
            .join(' ')
        )
    ),
    field('internal.reasons', 'CHARBUF', 'The reasons whose counter is not 0, as a list.', {
      kind: 'list',
      read: ({ counters }: InternalEvent) =>
        Object.keys(counters)
          .filter(reason => counters[reason] !== 0)
          .map(toBytes)
    })
  ]
}
