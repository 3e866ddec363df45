/** Schemas that several routes share. Every object refuses keys that it does not know. */

export const nothing = { type: 'object', additionalProperties: false, properties: {} } as const

export const text = { type: 'string', minLength: 1, maxLength: 1_000 } as const

export const time = { type: 'string', format: 'date-time' } as const

/** Milliseconds since the epoch of a time as `time` takes it. */
export function msOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}

export const letterId = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const

/** Which dead letters are meant. */
export const filterProperties = {
  output: text,
  rule: text,
  reason: text,
  since: time,
  until: time,
  id: { type: 'array', items: letterId, minItems: 1, maxItems: 1_000 }
} as const

export const filterSchema = { type: 'object', additionalProperties: false, properties: filterProperties } as const
