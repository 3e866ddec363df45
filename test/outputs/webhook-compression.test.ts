import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAlert } from '../src/delivery/support.ts'
import { alerts, always, openSink, openWebhook, outcomeOf, reasonOf } from './webhook-support.ts'

const signal = AbortSignal.timeout(20_000)

for (const method of ['POST', 'PUT', 'PATCH']) {
  test(`${method}: a large batch goes compressed and arrives as it is`, async t => {
    const sink = await openSink(t)
    const output = openWebhook(t, sink.url, { method, body: 'array', compression: 'gzip' })
    assert.deepEqual(await outcomeOf(output, 500), { kind: 'delivered' })
    const [request] = sink.requests()
    assert.deepEqual([request!.method, request!.headers['content-encoding']], [method, 'gzip'])
    assert.deepEqual(JSON.parse(request!.body), alerts(500))
    const { bytes } = sink.summary()
    assert.equal(request!.headers['content-length'], String(bytes))
    assert.ok(bytes < request!.body.length / 3, `${bytes} of ${request!.body.length}`)
  })
}

test('a body below 1 KiB, in bytes, goes as it is', async t => {
  const sink = await openSink(t)
  const output = openWebhook(t, sink.url, { compression: 'gzip' })
  const encodingOf = async (bytes: number, character: string) => {
    const empty = JSON.stringify(makeAlert('1', { output: '' })).length
    const text = character.repeat((bytes - empty) / Buffer.byteLength(character))
    await output.send([makeAlert('1', { output: text })], signal)
    const [request] = sink.requests(1)
    assert.ok(Math.abs(Buffer.byteLength(request!.body) - bytes) < 4)
    return request!.headers['content-encoding']
  }
  assert.equal(await encodingOf(1020, 'x'), undefined)
  assert.equal(await encodingOf(1024, 'x'), 'gzip')
  assert.equal(await encodingOf(1032, '漢'), 'gzip')
})

test('a 415 for what was compressed: hold, with the setting that mends it', async t => {
  const sink = await openSink(t, { faults: always({ status: 415 }) })
  const outcome = await outcomeOf(openWebhook(t, sink.url, { body: 'array', compression: 'gzip' }), 50)
  assert.equal(outcome.kind, 'hold')
  assert.match(reasonOf(outcome), /415 Unsupported Media Type: it may not take gzip: set compression: none$/)
  assert.doesNotMatch(reasonOf(await outcomeOf(openWebhook(t, sink.url))), /gzip/)
})

test('a send that was given up on before it was compressed rejects with the reason of its signal', async t => {
  const sink = await openSink(t)
  const controller = new AbortController()
  const output = openWebhook(t, sink.url, { body: 'array', compression: 'gzip' })
  const waiting = output.send(alerts(5000), controller.signal)
  controller.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
  assert.equal(sink.summary().requests, 0)
})
