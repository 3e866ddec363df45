/** Alerts as templates make them: one that a template cannot render does not keep the others. */
import type { Alert } from '../../rules/alert.ts'
import { type Outcome, reject } from '../output.ts'
import { TemplateError, withinDeadline } from './engine.ts'

/**
 * Renders each alert, and sends those that could be; the others are rejected with the reason.
 *
 * @param send gives an outcome for each, in order. It is not called when there are none.
 */
export async function sendRendered<Part>(
  alerts: readonly Alert[],
  render: (alert: Alert) => Part,
  send: (alerts: readonly Alert[], parts: readonly Part[]) => Promise<readonly Outcome[]>
): Promise<Outcome[]> {
  const parts: Part[] = []
  const rejected = new Map<Alert, Outcome>()
  for (const alert of alerts) {
    try {
      parts.push(withinDeadline(() => render(alert)))
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      rejected.set(alert, reject(`the template cannot render it: ${error.message}`))
    }
  }
  if (rejected.size === 0) return [...(await send(alerts, parts))]
  const sent = alerts.filter(alert => !rejected.has(alert))
  const outcomes = sent.length === 0 ? [] : await send(sent, parts)
  const left = outcomes.values()
  return alerts.map(alert => rejected.get(alert) ?? left.next().value!)
}
