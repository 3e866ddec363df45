import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Asking, refusalOf } from '../../../src/server/access.ts'

const token = '0123456789abcdef'

const fromHere: Asking = {
  method: 'GET',
  peer: '127.0.0.1',
  host: '127.0.0.1:2802',
  origin: undefined,
  fetchSite: undefined,
  authorization: undefined,
  forwarded: false
}

type Case = readonly [name: string, asking: Partial<Asking>, withToken: number, withoutToken: number]

/** The status that refuses, or 0: where a token is configured, and where none is. */
const cases: readonly Case[] = [
  ['reading on loopback', {}, 401, 0],
  ['HEAD on loopback', { method: 'HEAD' }, 401, 0],
  ['reading over IPv6', { peer: '::1', host: '[::1]:2802' }, 401, 0],
  ['reading over IPv4 in IPv6', { peer: '::ffff:127.0.0.1', host: 'localhost' }, 401, 0],
  ['reading as all of the network does through a proxy here that says nothing', { host: '127.0.0.1' }, 401, 0],
  ['reading from elsewhere', { peer: '192.0.2.7' }, 401, 401],
  ['an address that begins like loopback', { peer: '127.0.0.1.example.org' }, 401, 401],
  ['reading through a proxy here', { forwarded: true }, 401, 401],
  ['a peer that is gone', { peer: undefined }, 401, 401],
  ['writing on loopback', { method: 'POST' }, 401, 403],
  ['deleting on loopback', { method: 'DELETE' }, 401, 403],
  ['writing from elsewhere', { method: 'POST', peer: '192.0.2.7' }, 401, 401],
  ['a name that was bound to loopback', { host: 'evil.example.org:2802' }, 401, 403],
  ['a name that begins like loopback', { host: 'localhost.example.org' }, 401, 403],
  ['an address in a name', { host: '127.0.0.1.example.org' }, 401, 403],
  ['no host', { host: undefined }, 401, 403],
  ['a page of another site', { origin: 'http://evil.example.org' }, 401, 403],
  ['a page of another port here', { origin: 'http://127.0.0.1:8080' }, 401, 403],
  ['a page of nowhere', { origin: 'null' }, 401, 403],
  ['a page of tercel itself', { origin: 'http://127.0.0.1:2802' }, 401, 0],
  ['an image of a page of another site', { fetchSite: 'cross-site' }, 401, 403],
  ['an image of a page of another port here', { fetchSite: 'same-site' }, 401, 403],
  ['a browser that says who asks in another way', { fetchSite: 'none, cross-site' }, 401, 403],
  ['an address that is typed into a browser', { fetchSite: 'none' }, 401, 0],
  ['an image of a page of tercel itself', { fetchSite: 'same-origin' }, 401, 0],
  ['the token', { authorization: `Bearer ${token}` }, 0, 401],
  [
    'the token, to write from elsewhere',
    { authorization: `bearer ${token}`, method: 'POST', peer: '192.0.2.7' },
    0,
    401
  ],
  ['the token, to any name', { authorization: `Bearer ${token}`, host: 'tercel.example.org' }, 0, 401],
  ['the token through a proxy', { authorization: `Bearer ${token}`, forwarded: true }, 0, 401],
  ['another token', { authorization: 'Bearer fedcba9876543210' }, 401, 401],
  ['a beginning of the token', { authorization: `Bearer ${token.slice(0, -1)}` }, 401, 401],
  ['the token and more', { authorization: `Bearer ${token}0` }, 401, 401],
  ['the token as a password', { authorization: `Basic ${btoa(`:${token}`)}` }, 401, 401],
  ['an empty token', { authorization: 'Bearer ' }, 401, 401]
]

describe('the API over HTTP:', () => {
  for (const [name, asking, withToken, withoutToken] of cases) {
    test(`${name} ${withToken === 0 ? 'is allowed' : 'is refused'} where a token is configured`, () => {
      assert.equal(refusalOf({ ...fromHere, ...asking }, token)?.status ?? 0, withToken)
    })
    test(`${name} ${withoutToken === 0 ? 'is allowed' : 'is refused'} where none is`, () => {
      assert.equal(refusalOf({ ...fromHere, ...asking }, undefined)?.status ?? 0, withoutToken)
    })
  }
})

test('a refusal says what to do, and never the token', () => {
  const write = { ...fromHere, method: 'POST' }
  assert.match(refusalOf(write, undefined)!.message, /read-only: use the control socket, .* or set server\.token/)
  const needed = 'over HTTP the API needs its token: send the token of server.token as authorization: Bearer TOKEN'
  for (const asking of [fromHere, write]) assert.equal(refusalOf(asking, token)!.message, needed)
  assert.match(refusalOf({ ...fromHere, peer: '192.0.2.7' }, undefined)!.message, /needs a token: set server\.token/)
  for (const [, asking] of cases) {
    assert.doesNotMatch(refusalOf({ ...fromHere, ...asking }, token)?.message ?? '', new RegExp(token))
  }
})
