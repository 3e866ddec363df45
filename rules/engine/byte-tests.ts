/**
 * Tests of text that is still bytes of a frame: most paths fail at their length or within a few bytes, and no string is made
 * of them.
 */

/** Tells of the bytes from `start` to before `end`. */
export type BytesTest = (bytes: Buffer, start: number, end: number) => boolean

export function equalsBytes(text: string): BytesTest {
  const sought = bytesOf(text)
  return (bytes, start, end) => end - start === sought.length && isAt(bytes, start, sought)
}

export function startsWithBytes(text: string): BytesTest {
  const sought = bytesOf(text)
  return (bytes, start, end) => end - start >= sought.length && isAt(bytes, start, sought)
}

export function endsWithBytes(text: string): BytesTest {
  const sought = bytesOf(text)
  return (bytes, start, end) => end - start >= sought.length && isAt(bytes, end - sought.length, sought)
}

export function containsBytes(text: string): BytesTest {
  const sought = bytesOf(text)
  const first = sought[0]
  if (first === undefined) return () => true
  return (bytes, start, end) => {
    const last = end - sought.length
    for (let at = start; at <= last; at++) if (bytes[at] === first && isAt(bytes, at, sought)) return true
    return false
  }
}

/** A test that needs the string is only made for lengths that can pass. */
export function ofLengths(lengths: Uint8Array, isMember: (text: string) => boolean): BytesTest {
  return (bytes, start, end) => lengths[end - start] === 1 && isMember(bytes.toString('latin1', start, end))
}

/** For each length 1 where one of the texts has it. */
export function lengthsOf(texts: readonly string[]): Uint8Array {
  const lengths = new Uint8Array(texts.reduce((longest, { length }) => Math.max(longest, length), 0) + 1)
  for (const { length } of texts) lengths[length] = 1
  return lengths
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'))
}

/** For texts of a few dozen bytes, which a call of compare costs more than. */
function isAt(bytes: Buffer, start: number, sought: Uint8Array): boolean {
  for (let i = 0; i < sought.length; i++) if (bytes[start + i] !== sought[i]) return false
  return true
}
