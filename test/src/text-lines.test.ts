import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readLines } from '../../src/text-lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'tercel-lines-'))
after(() => rmSync(folder, { recursive: true }))

async function linesOf(content: string): Promise<[number: number, text: string][]> {
  const path = join(folder, 'lines')
  writeFileSync(path, content)
  const lines: [number, string][] = []
  for await (const portion of readLines(path)) {
    for (const { number, bytes } of portion) lines.push([number, bytes.toString()])
  }
  return lines
}

test('lines are numbered, also those that are empty, and the last needs no end', async () => {
  assert.deepEqual(await linesOf('a\n\nb'), [
    [1, 'a'],
    [2, ''],
    [3, 'b']
  ])
  assert.deepEqual(await linesOf('a\n'), [[1, 'a']])
  assert.deepEqual(await linesOf(''), [])
})

test('a line may be longer than what is read at once, and end where that ends', async () => {
  const long = 'é'.repeat(100_000)
  const texts = [long, 'x'.repeat(65_535), 'y'.repeat(65_536), 'z']
  assert.deepEqual(
    await linesOf(texts.join('\n')),
    texts.map((text, index) => [index + 1, text])
  )
})

test('a line without end is refused before it fills the memory', async () => {
  await assert.rejects(linesOf(`a\n${'b'.repeat(17 << 20)}`), (error: Error) =>
    /^cannot read .*lines: line 2 is longer than 16 MiB$/.test(error.message)
  )
})
