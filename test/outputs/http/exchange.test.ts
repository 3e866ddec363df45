import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dispatcher } from 'undici'
import { Exchange } from '../../../outputs/http/exchange.ts'

/** What an exchange tells undici: only whether it has had enough. */
function makeController() {
  const aborted: Error[] = []
  const controller = { abort: (reason: Error) => aborted.push(reason) }
  return { aborted, controller: controller as unknown as Dispatcher.DispatchController }
}

for (const [wantsBody, status, text, stopped] of [
  [true, 200, 'slow body', false],
  [false, 200, '', true],
  [true, 503, 'slow ', true],
  [false, 503, 'slow ', true]
] as const) {
  const what = `${wantsBody ? 'a body that is asked for' : 'a body that is not asked for'}, with ${status}`
  test(`${what}, is ${stopped ? 'read for a second only' : 'waited for'}`, async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { aborted, controller } = makeController()
    const exchange = new Exchange(new AbortController().signal, { wantsBody })
    exchange.onRequestStart(controller)
    exchange.onResponseStart(controller, status, {})
    exchange.onResponseData(controller, Buffer.from('slow '))
    t.mock.timers.tick(5000)
    assert.equal(aborted.length, stopped ? 1 : 0)
    exchange.onResponseData(controller, Buffer.from('body'))
    exchange.onResponseEnd()
    const answer = await exchange.answer
    assert.equal(answer.text, text)
    assert.equal(answer.cut, stopped)
  })
}

test('of a body that is asked for 4 MiB are kept, and no more is read', async () => {
  const { aborted, controller } = makeController()
  const exchange = new Exchange(new AbortController().signal, { wantsBody: true })
  exchange.onRequestStart(controller)
  exchange.onResponseStart(controller, 200, {})
  for (let read = 0; aborted.length === 0; read += 1) {
    assert.ok(read <= 64)
    exchange.onResponseData(controller, Buffer.alloc(64 * 1024, 'x'))
  }
  const { text, cut } = await exchange.answer
  assert.deepEqual([text.length, cut], [4 * 1024 * 1024, true])
})
