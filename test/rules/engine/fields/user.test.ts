import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertOf, sampleCall } from '../../support.ts'
import { host, open, testValues } from './support.ts'

testValues([
  ['user.uid', open, 1000],
  ['user.name', open, 'ada'],
  ['user.name', sampleCall({ uid: 12 }), null],
  ['user.loginuid', open, 1000],
  ['user.loginname', open, 'ada'],
  ['user.loginuid', host, -1],
  ['user.loginname', host, '<NA>'],
  ['group.gid', open, 100],
  ['group.name', open, 'users']
])

test('without a lookup only the names of id 0 are known', () => {
  const { output } = alertOf('%user.name %group.name', host)
  assert.match(output, /root root$/)
  assert.match(alertOf('%user.name %group.name', open).output, /<NA> <NA>$/)
})
