/** `Retry-After` (RFC 9110, section 10.2.3): how long a server asks us to stay away. It may say anything. */

/** Nobody means more; what an output then waits at most is delivery's to decide. */
const longestMs = 24 * 3600 * 1000

const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const rfc850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/
const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/**
 * Gives the milliseconds that a Retry-After asks for, at most a day; undefined when it says nothing that can be
 * followed: no number of seconds, no date, or one that has passed.
 *
 * @param nowMs milliseconds since 1970.
 */
export function parseRetryAfter(value: string | readonly string[] | undefined, nowMs: number): number | undefined {
  const text = (typeof value === 'object' ? value[0] : value)?.trim()
  if (text === undefined) return undefined
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : parseDate(text) - nowMs
  return milliseconds > 0 ? Math.min(milliseconds, longestMs) : undefined
}

/** The three forms of an HTTP date (RFC 9110, section 5.6.7); NaN for any other text, much of which Date would take. */
function parseDate(text: string): number {
  if (imfFixdate.test(text) || rfc850.test(text)) return Date.parse(text)
  return asctime.test(text) ? Date.parse(`${text} GMT`) : Number.NaN
}
