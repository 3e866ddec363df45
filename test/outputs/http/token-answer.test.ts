import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Excerpts } from '../../../outputs/http/excerpt.ts'
import { readTokenAnswer } from '../../../outputs/http/token-answer.ts'

const lifetimes: readonly [expiresIn: unknown, lifetimeMs: number][] = [
  [3600, 3_600_000],
  ['3600', 3_600_000],
  [0.5, 500],
  [0, 0],
  [-5, 0],
  [undefined, Number.POSITIVE_INFINITY],
  [null, Number.POSITIVE_INFINITY],
  ['', Number.POSITIVE_INFINITY],
  ['soon', Number.POSITIVE_INFINITY],
  [{}, Number.POSITIVE_INFINITY],
  [1e308, Number.POSITIVE_INFINITY]
]

for (const [expiresIn, lifetimeMs] of lifetimes) {
  test(`expires_in ${JSON.stringify(expiresIn)}: the token lives ${lifetimeMs} ms`, () => {
    const text = JSON.stringify({ access_token: 'x', token_type: 'Bearer', expires_in: expiresIn })
    const answer = { status: 200, headers: {}, text, cut: false }
    assert.deepEqual(readTokenAnswer(answer, 'https://login.example.org', new Excerpts([])), { token: 'x', lifetimeMs })
  })
}
