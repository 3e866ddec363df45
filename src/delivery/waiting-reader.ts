/** Who waits for an alert, as the file says it. */
import { chunkHas, chunkOf } from './settled-chunks.ts'
import type { SpoolStatements } from './spool-statements.ts'

/**
 * To be called, and what it gives to be used, within one state of the file.
 *
 * @returns the names of the outputs that wait for an alert that is in the file, in their order.
 */
export function waitingReader(sql: SpoolStatements): (seq: number) => string[] {
  const outputs = sql.outputs
    .all()
    .map(({ name, cursor }) => ({ name: String(name), cursor: Number(cursor) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const chunks = new Map<string, Uint8Array | undefined>()
  const isSettled = (output: string, seq: number) => {
    const chunk = chunkOf(seq)
    const key = `${chunk} ${output}`
    if (!chunks.has(key)) chunks.set(key, sql.settledChunk.get(output, chunk)?.bits as Uint8Array | undefined)
    const bits = chunks.get(key)
    return bits !== undefined && chunkHas(bits, seq)
  }
  return seq => {
    const only = sql.addressee.get(seq)
    const waiting = outputs.filter(({ name, cursor }) => {
      return seq > cursor && (only === undefined || only.output === name) && !isSettled(name, seq)
    })
    return waiting.map(({ name }) => name)
  }
}
