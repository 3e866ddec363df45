/** `alert.*`: an alert itself, for the conditions that decide which alerts an output gets. */

import { rankOf } from '../../alert.ts'
import { type AlertEvent, alertSource } from '../alert-event.ts'
import { toBytes } from '../source-text.ts'
import { type FieldClass, field } from './field.ts'

export const alert: FieldClass = {
  name: 'alert',
  description:
    'An alert, in `when` and `throttle` of an output. There every other field is what `output_fields` of the alert has for it.',
  sources: [alertSource],
  fields: [
    field('alert.priority', 'PRIORITY', 'Its priority: `alert.priority >= warning`.', ({ alert }: AlertEvent) =>
      rankOf(alert.priority)
    ),
    field('alert.rule', 'CHARBUF', 'The name of its rule.', ({ alert }: AlertEvent) => toBytes(alert.rule)),
    field('alert.tags', 'CHARBUF', 'The tags of its rule, as a list.', {
      kind: 'list',
      read: ({ alert }: AlertEvent) => alert.tags.map(toBytes)
    }),
    field(
      'alert.source',
      'CHARBUF',
      'The source of its event, such as `syscall` or `internal`.',
      ({ alert }: AlertEvent) => toBytes(alert.source)
    ),
    field('alert.hostname', 'CHARBUF', 'The host that it was raised on.', ({ alert }: AlertEvent) =>
      toBytes(alert.hostname)
    ),
    field('alert.output', 'CHARBUF', 'Its text.', ({ alert }: AlertEvent) => toBytes(alert.output)),
    field('alert.time', 'CHARBUF', 'Its time, as ISO 8601 in UTC.', ({ alert }: AlertEvent) => toBytes(alert.time)),
    field('alert.uuid', 'CHARBUF', 'Its UUID.', ({ alert }: AlertEvent) => toBytes(alert.uuid)),
    field(
      'alert.field',
      'CHARBUF',
      'The text of what `output_fields` has under any key, such as one of your own: `alert.field[team]`.',
      ({ alert }: AlertEvent, _context, key) => {
        const name = String(key)
        const value = Object.hasOwn(alert.output_fields, name) ? alert.output_fields[name] : undefined
        return value === undefined || value === null ? undefined : toBytes(String(value))
      },
      { argument: { required: true, of: 'key' } }
    )
  ]
}
