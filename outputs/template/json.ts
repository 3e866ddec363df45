/** Structures as JSON for far ends of every kind. */
import { printableJson } from '../../base/printable.ts'

/**
 * One line of JSON. Half a surrogate pair becomes U+FFFD: there is no UTF-8 for it, and many parsers refuse the whole
 * text for its escape.
 */
export function wireJson(value: unknown): string {
  const json = printableJson(value)
  return /\\ud[89a-f]/.test(json) ? printableJson(wellFormed(value)) : json
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]))
}
