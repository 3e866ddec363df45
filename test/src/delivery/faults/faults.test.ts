import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryDirectory } from '../support.ts'
import { acceleratedClock } from './accelerated-clock.ts'
import { cells, modes } from './cells.ts'
import { runCell } from './run-cell.ts'

/** Side by side: most of a cell is waiting. */
const atATime = 8
/** A page of 500 is read ahead beside the batches that are under way. */
const mostHeld = 1_000

for (const mode of modes) {
  describe(`a webhook that sends ${mode.name}, to a sink`, { concurrency: atATime }, () => {
    for (const cell of cells) {
      test(`${cell.name}: nothing is lost`, async t => {
        const { books, uuids, kept, watch, samples } = await runCell(cell, mode, {
          clock: acceleratedClock(20),
          directory: join(temporaryDirectory(t), 'spool'),
          outageMs: 20_000,
          alerts: { before: 20, during: 1_200, after: 20 }
        })
        const refused = uuids.filter(uuid => uuid.endsWith('poison'))
        const taken = uuids.filter(uuid => !uuid.endsWith('poison'))
        assert.deepEqual(new Set(kept.keys()), new Set(taken), 'every alert arrived')
        const { accepted, delivered, dead, waiting } = books
        assert.deepEqual(
          { accepted, delivered, dead, waiting },
          { accepted: uuids.length, delivered: taken.length, dead: refused.length, waiting: 0 }
        )
        if (mode.concurrency === 1) assert.deepEqual([...kept.keys()], taken, 'in order')
        for (const [uuid, times] of kept) {
          assert.ok(times <= 1 + (watch.failedSends.get(uuid) ?? 0), `${uuid} was sent again although it was taken`)
        }
        const duplicates = [...kept.values()].filter(times => times > 1).length
        // A send that was given up on may have arrived: then nobody was told.
        if (cell.keepsSilently !== true && watch.givenUp === 0) assert.equal(duplicates, 0)
        assert.ok(watch.mostHeld <= mostHeld, `${watch.mostHeld} alerts were held at once`)
        assert.ok(samples > 10, 'the books were looked at')
        t.diagnostic(`${accepted} accepted, ${dead} dead, ${duplicates} twice, ${watch.givenUp} sends given up`)
      })
    }
  })
}
