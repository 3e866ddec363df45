/** Events as lines of JSON: `{"source": "syscall", "fields": {"evt.type": "execve", "proc.name": "sh"}}`. */
import { messageOf } from '../../../base/errors.ts'
import { didYouMean } from '../../../base/nearest.ts'
import { eventNames } from '../../../rules/engine/event-names.ts'

export interface JsonEvent {
  readonly source?: string | undefined
  readonly fields: Record<string, unknown>
}

/** What of a line is wrong, and where in it. */
export class JsonEventError extends Error {
  /** From 1. */
  readonly column: number

  constructor(message: string, column = 1) {
    super(message)
    this.column = column
  }
}

const example = '{"source": "syscall", "fields": {"evt.type": "execve"}}'

/**
 * Reads the event of a line; undefined where the line is empty.
 *
 * @throws JsonEventError for anything else
 */
export function readJsonEvent(bytes: Uint8Array): JsonEvent | undefined {
  const text = decode(bytes)
  if (text.trim() === '') return undefined
  const value = parse(text)
  if (!isObject(value)) throw new JsonEventError(`expected an event such as ${example}, found ${kindOf(value)}`)
  const { source, fields } = value
  if (!isObject(fields)) throw new JsonEventError(`expected an object for fields, found ${kindOf(fields)}`)
  if (source === undefined || source === null) return { fields }
  if (typeof source !== 'string') throw new JsonEventError(`expected text for source, found ${kindOf(source)}`)
  if (eventNames.has(source)) return { source, fields }
  const hint = didYouMean(source, eventNames.keys()) || `; expected one of ${[...eventNames.keys()].join(', ')}`
  throw new JsonEventError(`unknown source ${source}${hint}`)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new JsonEventError('expected UTF-8 text')
  }
}

type Revive = (key: string, value: unknown, context: { readonly source: string }) => unknown

/** Numbers beyond what a double holds stay the text that they are. */
const keepLarge: Revive = (_, value, { source }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value

function parse(text: string): unknown {
  try {
    return /\d{16}/.test(text)
      ? JSON.parse(text, keepLarge as (key: string, value: unknown) => unknown)
      : JSON.parse(text)
  } catch (error) {
    const message = messageOf(error)
    const position = /at position (\d+)/.exec(message)?.[1]
    const column = position === undefined ? (/end of JSON/.test(message) ? text.length : 0) : Number(position)
    const reason = message.replace(/ (in JSON )?at position.*$/, '')
    throw new JsonEventError(`expected an event such as ${example}, found what is no JSON: ${reason}`, column + 1)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  return typeof value === 'string' ? 'text' : String(value)
}
