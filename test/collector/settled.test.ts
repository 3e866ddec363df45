import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Settled } from '../../collector/settled.ts'
import { nothingToCommit } from '../../collector/source.ts'
import { forSeeds } from '../rules/support.ts'

describe('what is settled', () => {
  test('is nothing at first', () => assert.equal(new Settled().upTo(), 0))

  test('counts events that have nothing to commit at once', () => {
    const settled = new Settled()
    for (let i = 0; i < 3; i++) settled.add(nothingToCommit)
    assert.equal(settled.upTo(), 3)
  })

  test('ends before the first commit that is awaited, whatever came after it', async () => {
    const settled = new Settled()
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    settled.add(nothingToCommit)
    settled.add(first.promise)
    settled.add(nothingToCommit)
    settled.add(second.promise)
    settled.add(nothingToCommit)
    assert.equal(settled.upTo(), 1)
    second.resolve()
    await turn()
    assert.equal(settled.upTo(), 1)
    first.resolve()
    await turn()
    assert.equal(settled.upTo(), 5)
  })

  test('never passes an event whose commit failed', async () => {
    const settled = new Settled()
    const [first, third] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    settled.add(first.promise)
    settled.add(Promise.reject(new Error('the disk is full')))
    settled.add(third.promise)
    third.reject(new Error('the disk is full'))
    await turn()
    assert.equal(settled.upTo(), 0)
    settled.add(Promise.resolve())
    settled.add(Promise.reject(new Error('the disk is still full')))
    settled.add(nothingToCommit)
    first.resolve()
    await turn()
    assert.equal(settled.upTo(), 1)
  })

  test('is the longest run of committed events from the first on, in every order of commits', async () => {
    const checks: (() => Promise<void>)[] = []
    forSeeds(200, random => {
      const settled = new Settled()
      const commits = Array.from({ length: 20 }, () =>
        random.below(2) === 0 ? undefined : Promise.withResolvers<void>()
      )
      for (const commit of commits) settled.add(commit?.promise ?? nothingToCommit)
      const done = commits.map(commit => commit === undefined)
      const failed = random.below(3) === 0 ? random.below(20) : -1
      const order = commits
        .keys()
        .toArray()
        .sort(() => random.below(3) - 1)
      checks.push(async () => {
        for (const index of order) {
          if (index === failed) commits[index]?.reject(new Error('failed'))
          else commits[index]?.resolve()
          if (index !== failed) done[index] = true
          await turn()
          const firstOpen = done.indexOf(false)
          assert.equal(settled.upTo(), firstOpen < 0 ? done.length : firstOpen)
        }
      })
    })
    await Promise.all(checks.map(check => check()))
  })
})
