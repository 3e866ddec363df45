/** The forms in which an alert is printed, each one line without its end. */
import { printableJson, printableText } from '../base/printable.ts'
import type { Alert } from '../rules/alert.ts'

export type AlertFormat = 'text' | 'json'

export const alertFormats: Readonly<Record<AlertFormat, (alert: Alert) => string>> = {
  text: alert => printableText(alert.output),
  json: printableJson
}
