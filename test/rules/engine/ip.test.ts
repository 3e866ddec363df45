import assert from 'node:assert/strict'
import { isIPv6 } from 'node:net'
import { test } from 'node:test'
import { formatAddress } from '../../../collector/sockets.ts'
import { networkMatcher, parseNetwork } from '../../../rules/engine/ip.ts'
import { forSeeds } from '../support.ts'

const member: [network: string, address: string, inside: boolean][] = [
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['172.16.0.0/12', '172.31.255.255', true],
  ['172.16.0.0/12', '172.32.0.0', false],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['0.0.0.0/0', '::1', false],
  ['192.168.1.7', '192.168.1.7', true],
  ['192.168.1.7', '192.168.1.8', false],
  ['fd00::/8', 'fd12:3456::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['::ffff:10.0.0.0/104', '::ffff:10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '10.1.2.3', false]
]

for (const [network, address, inside] of member) {
  test(`${address} is ${inside ? '' : 'not '}in ${network}`, () => {
    assert.equal(networkMatcher([parseNetwork(network)!])(parseNetwork(address)!.address), inside)
  })
}

for (const text of [
  '',
  'ten',
  '10.0.0',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  'fe80::1%eth0',
  '::/129',
  '1.2.3.4.5'
]) {
  test(`"${text}" is no address`, () => assert.equal(parseNetwork(text), undefined))
}

const shortest = [
  '0.0.0.0',
  '10.1.2.3',
  '::',
  '::1',
  'fe80::1',
  '2001:db8::1:0:0:1',
  '1:0:2:0:3:0:4:0',
  '1::',
  '1:2:3:4:5:6:7:8'
]
for (const text of shortest) {
  test(`${text} is shown as it is written`, () => assert.equal(formatAddress(parseNetwork(text)!.address), text))
}

test('what an IPv6 address is shown as reads back as the same address', () => {
  forSeeds(2000, random => {
    const bytes = Array.from({ length: 16 }, () =>
      String.fromCharCode(random.pick([0, 0, 0, 1, random.below(256)]))
    ).join('')
    const text = formatAddress(bytes)
    assert.ok(isIPv6(text), text)
    assert.equal(parseNetwork(text)!.address, bytes, text)
  })
})
