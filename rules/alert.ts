/** An alert: what a rule makes of an event, and what every output sends. A superset of Falco's JSON output. */

/** From the most to the least severe. The index is the syslog severity (RFC 5424, section 6.2.1). */
export const priorities = [
  'Emergency',
  'Alert',
  'Critical',
  'Error',
  'Warning',
  'Notice',
  'Informational',
  'Debug'
] as const

export type Priority = (typeof priorities)[number]

/** What priorities may be called, in lower case. */
export const priorityNames: ReadonlyMap<string, Priority> = new Map([
  ...priorities.map(priority => [priority.toLowerCase(), priority] as const),
  ['info', 'Informational']
])

/** The priority of a name, in any case. */
export function priorityOf(name: string): Priority | undefined {
  return priorityNames.get(name.trim().toLowerCase())
}

/** 0 for Emergency to 7 for Debug. */
export function severityOf(priority: Priority): number {
  return priorities.indexOf(priority)
}

/** 7 for Emergency to 0 for Debug: the more severe, the greater. */
export function rankOf(priority: Priority): number {
  return priorities.length - 1 - severityOf(priority)
}

/** A value of `output_fields`: text is printable UTF-8; null is a value that was missing. */
export type OutputValue = string | number | boolean | null | readonly (string | number)[]

/** The keys stand in the order in which they are written. */
export interface Alert {
  /** UUIDv7: the idempotency key everywhere. */
  readonly uuid: string
  /** ISO 8601 in UTC with nanoseconds: `2026-01-02T03:04:05.123456789Z`. */
  readonly time: string
  readonly priority: Priority
  readonly rule: string
  readonly source: string
  readonly hostname: string
  readonly tags: readonly string[]
  /** One line of printable text: `18:08:40.584075795: Notice message …`. */
  readonly output: string
  readonly output_fields: Readonly<Record<string, OutputValue>>
}
