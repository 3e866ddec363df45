/** Whatever the bytes are, the loader gives a configuration or a TercelError, and never shows a secret. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatProblem, TercelError } from '../../base/errors.ts'
import { seededRandom } from '../../base/seeded-random.ts'
import { load } from './helpers.ts'

const secret = 'correct-horse-battery'

/** Whole numbers from 0 to below a limit; a failure can be repeated by its seed. */
function generator(seed: number): (below: number) => number {
  const next = seededRandom(seed)
  return below => (next() * 2 ** 32) % below
}

const words = [
  ...[
    'outputs',
    'type',
    'name',
    'drum',
    'bugle',
    'url',
    'key',
    'port',
    'log',
    'level',
    'rules',
    'lists',
    'files',
    'spool'
  ],
  ...[
    'sensor',
    'max_bytes',
    '1GiB',
    'user',
    '__proto__',
    'null',
    'true',
    '5',
    '-1',
    '.nan',
    '~',
    '""',
    "'",
    '"',
    '\n',
    '\n  '
  ],
  ...[
    '\n    ',
    '\n- ',
    '\n  - ',
    ': ',
    ':',
    ', ',
    '[',
    ']',
    '{',
    '}',
    '&a ',
    '*a',
    '|\n',
    '>\n',
    '#',
    '!!',
    '%',
    '---\n',
    '\t'
  ],
  ...['${env:S}', '${file:/s}', '${', '$${', '}', '\u0000', '\u{1f985}', '\ufeff', 'http://x/', '? ', '<<: ', '@', '`']
]

async function outcomeOf(bytes: Uint8Array, seed: number): Promise<string> {
  try {
    await load(bytes, { env: { S: secret }, files: { '/s': `${secret}\n` } })
    return 'loaded'
  } catch (error) {
    assert.ok(error instanceof TercelError, `seed ${seed} threw ${error instanceof Error ? error.stack : error}`)
    const text = [error.message, error.stack, String(error.cause), ...error.problems.map(formatProblem)].join('\n')
    assert.ok(!text.includes(secret), `seed ${seed} shows the secret: ${text}`)
    return 'refused'
  }
}

test('arbitrary words of the language load or are refused', async () => {
  const outcomes = new Set<string>()
  for (let seed = 0; seed < 3000; seed++) {
    const random = generator(seed)
    const text = Array.from({ length: random(40) }, () => words[random(words.length)]).join('')
    outcomes.add(await outcomeOf(Buffer.from(random(2) === 0 ? text : `outputs: [{ type: drum }]\n${text}`), seed))
  }
  assert.deepEqual([...outcomes].sort(), ['loaded', 'refused'])
})

test('a valid file with some bytes changed loads or is refused', async () => {
  const valid = Buffer.from(
    'outputs:\n  - type: bugle\n    url: http://x/${env:S}\n    port: 80\nlog: { level: info }\n'
  )
  for (let seed = 0; seed < 3000; seed++) {
    const random = generator(seed)
    const bytes = Buffer.from(valid)
    for (let changes = random(4); changes >= 0; changes--) bytes[random(bytes.length)] = random(256)
    await outcomeOf(bytes, seed)
  }
})

test('arbitrary bytes load or are refused', async () => {
  for (let seed = 0; seed < 1000; seed++) {
    const random = generator(seed)
    await outcomeOf(
      Uint8Array.from({ length: random(200) }, () => random(256)),
      seed
    )
  }
})
