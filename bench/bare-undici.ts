/**
 * The baseline of the webhook: undici alone, posting ready texts to a sink. Prints alerts per second and CPU µs per alert.
 * Run: node bench/bare-undici.ts URL ALERTS CONCURRENCY BATCH
 */
import { Pool } from 'undici'
import { alert } from './alert.ts'

const [url = '', ...numbers] = process.argv.slice(2)
const [alerts = 0, concurrency = 1, batch = 1] = numbers.map(Number)
const text = JSON.stringify(alert)
const body = batch === 1 ? text : `${text}\n`.repeat(batch)
const headers = {
  'content-type': batch === 1 ? 'application/json' : 'application/x-ndjson',
  'idempotency-key': alert.uuid
}
const pool = new Pool(url, { connections: concurrency, pipelining: 1 })

let left = alerts / batch
async function post(): Promise<void> {
  while (left > 0) {
    left -= 1
    const answer = await pool.request({ method: 'POST', path: '/', headers, body })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`the sink answered ${answer.statusCode}`)
  }
}

await pool.request({ method: 'POST', path: '/', headers, body }).then(answer => answer.body.dump())
const start = performance.now()
const cpu = process.cpuUsage()
await Promise.all(Array.from({ length: concurrency }, post))
const { user, system } = process.cpuUsage(cpu)
const seconds = (performance.now() - start) / 1000
process.stdout.write(`${alerts / seconds} ${(user + system) / alerts}\n`)
await pool.close()
