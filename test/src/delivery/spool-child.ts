/**
 * A process to be killed: appends alerts without end, delivers them to nobody, and says on standard output what has
 * been accepted (`a <number>`) and what is about to be settled (`s <number>`).
 */
import { writeSync } from 'node:fs'
import { SpoolProducer } from '../../../src/delivery/producer.ts'
import { Spool } from '../../../src/delivery/spool.ts'
import { MemoryLog, makeAlert } from './support.ts'

const spool = await Spool.open({ directory: process.argv[2]!, log: new MemoryLog() })
await spool.register('a')
const producer = new SpoolProducer(spool.connectProducer())

async function append(): Promise<void> {
  for (let number = 1; ; number += 100) {
    const batch = Array.from({ length: 100 }, (_, index) => producer.submit(makeAlert(String(number + index))))
    await Promise.all(batch)
    writeSync(1, `a ${number + 99}\n`)
  }
}

async function deliver(): Promise<void> {
  for (;;) {
    const alerts = await spool.next('a', { after: 0, maxCount: 70, maxBytes: 1024 * 1024 })
    writeSync(1, `s ${alerts.at(-1)!.seq}\n`)
    spool.settle(
      'a',
      alerts.map(({ seq }) => ({ seq, kind: 'delivered' }))
    )
  }
}

await Promise.all([append(), deliver()])
