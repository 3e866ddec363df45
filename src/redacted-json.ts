/** JSON that commands print. */
import { printableJson } from '../base/printable.ts'
import { redact } from './log.ts'

/** JSON on one line of printable text, without the secrets of the configuration. */
export function redactedJson(value: object): string {
  const redacted: unknown = JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' ? redact(each) : each
  )
  return printableJson(redacted)
}
