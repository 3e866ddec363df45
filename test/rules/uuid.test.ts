import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createUuidFactory } from '../../rules/uuid.ts'

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('a UUID carries its time, its version and its variant', () => {
  const newUuid = createUuidFactory(size => new Uint8Array(size).fill(0xff))
  assert.equal(newUuid(0x017f22e279b0), '017f22e2-79b0-77ff-bfff-ffffffffffff')
})

test('UUIDs rise, also when the time stands still, goes back or has more than 4096 of them', () => {
  const newUuid = createUuidFactory()
  const times = Array.from({ length: 10_000 }, (_, index) => 1_767_323_045_000 - (index % 3))
  const uuids = times.map(newUuid)
  for (const uuid of uuids) assert.match(uuid, shape)
  assert.deepEqual(uuids, uuids.toSorted())
  assert.equal(new Set(uuids).size, uuids.length)
})

test('UUIDs follow a clock that was set forward by mistake and back again', () => {
  const newUuid = createUuidFactory()
  const timeOf = (uuid: string) => Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)
  const now = 1_767_323_045_000
  const day = 86_400_000
  assert.deepEqual(
    [now, now + day, now + day - 60_000, now + 5, now + 4].map(time => timeOf(newUuid(time))),
    [now, now + day, now + day, now + 5, now + 5]
  )
})
