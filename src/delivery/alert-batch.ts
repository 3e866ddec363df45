/** Making batches of alerts, serialised once, as they travel to the spool. */
import { TercelError } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import { type Alert, severityOf } from '../../rules/alert.ts'
import type { Address, AddressedBatch, AlertBatch } from './records.ts'

/** The largest alert, in bytes of JSON. */
export const maxAlertBytes = 1024 * 1024

/** What the spool keeps of an alert. */
export interface BatchEntry {
  readonly json: string
  /** Of the JSON in UTF-8. */
  readonly bytes: number
  /** 0 (Emergency) to 7 (Debug). */
  readonly severity: number
  readonly rule: string
  readonly internal: boolean
}

export function newBatch(): AlertBatch {
  return { texts: [], severities: [], rules: [], internal: [], bytes: [], totalBytes: 0 }
}

export function addToBatch(batch: AlertBatch, { json, bytes, severity, rule, internal }: BatchEntry): void {
  batch.texts.push(json)
  batch.severities.push(severity)
  batch.rules.push(rule)
  batch.internal.push(internal)
  batch.bytes.push(bytes)
  batch.totalBytes += bytes
}

/** @throws TercelError TERCEL_SPOOL when an alert is larger than 1 MiB. */
export function addressedBatch(address: Address, alerts: readonly Alert[]): AddressedBatch {
  const batch = { ...newBatch(), address }
  for (const alert of alerts) {
    const json = JSON.stringify(alert)
    const bytes = Buffer.byteLength(json)
    if (bytes > maxAlertBytes) throw tooLarge(alert.rule, bytes)
    addToBatch(batch, { json, bytes, severity: severityOf(alert.priority), rule: alert.rule, internal: false })
  }
  return batch
}

export function tooLarge(rule: string, bytes: number): TercelError {
  const message = `an alert of rule ${printableText(rule)} is ${bytes} bytes; at most 1 MiB is taken`
  return new TercelError('TERCEL_SPOOL', message)
}
