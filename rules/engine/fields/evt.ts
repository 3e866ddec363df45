/** `evt.*`: what every event has, whatever its source; what only system calls have stands in evt-syscall.ts. */

import type { Event } from '../../../collector/event.ts'
import { clockTime, dateTime, floorSeconds, isoTime } from '../time.ts'
import { type FieldClass, field } from './field.ts'

const free = { cost: 0 }
const longText = { cost: 10 }

export const evt: FieldClass = {
  name: 'evt',
  description: 'What every event has.',
  sources: undefined,
  fields: [
    field(
      'evt.num',
      'UINT64',
      'Number of the event, counted from 1 by the engine.',
      (_, { eventNumber }) => eventNumber
    ),
    field('evt.type', 'CHARBUF', 'Name of the system call, or of the happening.', (event: Event) => event.type, free),
    field('evt.source', 'CHARBUF', 'Source of the event, such as syscall.', (event: Event) => event.source, free),
    field('evt.hostname', 'CHARBUF', 'Name of the host.', (_, context) => context.hostname),
    field('evt.count', 'UINT32', 'Always 1, for sums over events.', () => 1, free),
    field('evt.time', 'CHARBUF', 'Time of day in UTC, with nanoseconds.', clock, longText),
    field(
      'evt.time.s',
      'CHARBUF',
      'Time of day in UTC, in whole seconds.',
      event => clock(event).slice(0, 8),
      longText
    ),
    field(
      'evt.time.iso8601',
      'CHARBUF',
      'Date and time in ISO 8601, UTC, with nanoseconds.',
      (event: Event) => isoTime(event.time),
      longText
    ),
    field(
      'evt.datetime',
      'CHARBUF',
      'Date and time in UTC, with nanoseconds.',
      (event: Event) => dateTime(event.time),
      longText
    ),
    field(
      'evt.datetime.s',
      'CHARBUF',
      'Date and time in UTC, in whole seconds.',
      (event: Event) => dateTime(event.time).slice(0, 19),
      longText
    ),
    field('evt.outputtime', 'CHARBUF', 'The time that the text of an alert begins with.', clock, longText),
    field('evt.rawtime', 'ABSTIME', 'Nanoseconds since the Unix epoch.', (event: Event) => event.time),
    field('evt.rawtime.s', 'ABSTIME', 'Whole seconds since the Unix epoch.', (event: Event) =>
      floorSeconds(event.time)
    ),
    field(
      'evt.rawtime.ns',
      'ABSTIME',
      'Nanoseconds within the second.',
      (event: Event) => event.time - floorSeconds(event.time) * 1_000_000_000n
    ),
    field('evt.reltime', 'RELTIME', 'Nanoseconds since the first event.'),
    field('evt.reltime.s', 'RELTIME', 'Whole seconds since the first event.'),
    field('evt.reltime.ns', 'RELTIME', 'Nanoseconds within the second of evt.reltime.s.'),
    field('evt.deltatime', 'RELTIME', 'Nanoseconds since the event before.'),
    field('evt.deltatime.s', 'RELTIME', 'Whole seconds since the event before.'),
    field('evt.deltatime.ns', 'RELTIME', 'Nanoseconds within the second of evt.deltatime.s.'),
    field('evt.pluginname', 'CHARBUF', 'Name of the plugin that the event comes from.'),
    field('evt.plugininfo', 'CHARBUF', 'What the plugin that the event comes from says of it.'),
    field('evt.is_async', 'BOOL', 'Whether a plugin put the event between others; always false.', () => false, free),
    field('evt.asynctype', 'CHARBUF', 'Type of an event that a plugin put between others.')
  ]
}

function clock(event: Event): string {
  return clockTime(event.time)
}
