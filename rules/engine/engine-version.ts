/** `required_engine_version`: the version of the rule language that a file was written for. */

import { ruleError } from './problems.ts'
import type { SourceText } from './source-text.ts'

/** The version of libsinsp's rule language that this engine follows. */
const supported = [0, 63, 0] as const

/**
 * Accepts a number N, which stands for 0.N.0, or a semantic version.
 *
 * @throws TercelError TERCEL_RULES when it is neither, or newer than this engine
 */
export function checkEngineVersion(required: SourceText): void {
  const text = required.text.trim()
  const place = required.placeAt(0)
  // As in Falco, what follows the third number does not count.
  const match = /^(?:(\d{1,9})|(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?!\d).*)$/s.exec(text)
  if (match === null) throw ruleError('expected a number such as 57 or a version such as 0.57.0', place)
  const version = match[1] === undefined ? match.slice(2, 5).map(Number) : [0, Number(match[1]), 0]
  const difference = version.map((part, index) => part - supported[index]!).find(part => part !== 0) ?? 0
  if (difference > 0) throw ruleError(`the file needs rule language ${text}; this is ${supported.join('.')}`, place)
}
