import { drop, testValues } from './support.ts'

testValues([
  ['internal.total', drop, 8],
  ['internal.counter[ring_full]', drop, 3],
  ['internal.counter[constructor]', drop, null],
  ['internal.counters', drop, 'ring_full=3 no_collector=5'],
  ['internal.reasons', drop, ['ring_full', 'no_collector']]
])
