/** Whether what was spooled is an alert: a damaged file can hold JSON that is none. */

const texts = ['uuid', 'time', 'priority', 'rule', 'source', 'hostname', 'output'] as const

/** What keeps a value from being an alert that an output could send; undefined for an alert. */
export function shapeProblem(value: unknown): string | undefined {
  if (!isMapping(value)) return 'it is no object'
  const missing = texts.find(name => typeof value[name] !== 'string')
  if (missing !== undefined) return `it has no ${missing}`
  if (!Array.isArray(value.tags)) return 'it has no tags'
  return isMapping(value.output_fields) ? undefined : 'it has no output_fields'
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
