/** The alerts in the body of a request: one JSON object, an array of objects, or an object on each line (NDJSON). */
import { gunzip } from 'node:zlib'

/** Whatever a sender calls an alert: not only tercel's. */
export type SinkAlert = Readonly<Record<string, unknown>>

/**
 * Reads the alerts of a body.
 *
 * @throws Error that says what is wrong when the body is anything else.
 */
export function parseAlerts(text: string): SinkAlert[] {
  const whole = parse(text)
  if ('value' in whole) return Array.isArray(whole.value) ? whole.value.map(asAlert) : [asAlert(whole.value)]
  const lines = text.split('\n').filter(line => line.trim() !== '')
  if (lines.length === 0) throw new Error('the body is empty')
  // Of a single line, the error about the whole says the same.
  if (lines.length === 1) throw new Error(`the body is no JSON: ${whole.error}`)
  return lines.map((line, index) => {
    const parsed = parse(line)
    if ('value' in parsed) return asAlert(parsed.value)
    throw new Error(`the body is neither JSON nor a JSON object on each line: line ${index + 1}: ${parsed.error}`)
  })
}

function parse(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { error: error instanceof SyntaxError ? error.message : String(error) }
  }
}

function asAlert(value: unknown): SinkAlert {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as SinkAlert
  throw new Error('expected a JSON object for each alert')
}

/** Why a body is not looked at, and the status that says so. */
export interface Refusal {
  readonly status: number
  readonly why: string
}

/**
 * Takes the content coding off a body.
 *
 * @param maxBytes of what it holds: a small body may hold any amount.
 */
export function decode(body: Buffer, coding: string, maxBytes: number, done: (result: Buffer | Refusal) => void): void {
  if (coding !== 'gzip') done({ status: 415, why: 'expected gzip, or no coding at all' })
  else {
    gunzip(body, { maxOutputLength: maxBytes }, (error, decoded) => {
      if (error === null) done(decoded)
      else if (error instanceof RangeError) done(tooLarge(maxBytes))
      else done({ status: 400, why: 'the body is not the gzip that content-encoding says' })
    })
  }
}

export function tooLarge(maxBytes: number): Refusal {
  return { status: 413, why: `expected at most ${maxBytes} bytes` }
}

const uuidKey = Buffer.from('"uuid":')

/** How many alerts a body holds by how often the key `uuid` stands in it: many times faster than parsing it. */
export function countAlerts(body: Buffer): number {
  let count = 0
  for (let at = body.indexOf(uuidKey); at !== -1; at = body.indexOf(uuidKey, at + uuidKey.length)) count += 1
  return count
}
