/**
 * fnmatch(3) without flags: `*` and `?` match a slash too, `[…]` a set, a backslash takes the next byte as it is.
 * Only the last star is ever tried again, so the time is at most the product of the two lengths.
 */

type Step =
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly has: ReadonlySet<number> }
  | number

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what the class holds
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/
}

/** Compiles a pattern of bytes (latin1). */
export function globMatcher(pattern: string): (text: string) => boolean {
  const steps = parseGlob(pattern)
  return text => matches(steps, text)
}

/** Whether a pattern has anything but plain characters. */
export function isGlob(pattern: string): boolean {
  return /[*?[\\]/.test(pattern)
}

function parseGlob(pattern: string): Step[] {
  const steps: Step[] = []
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index]!
    if (character === '*') {
      if (steps.at(-1) !== star) steps.push(star)
    } else if (character === '?') {
      steps.push({ kind: 'any' })
    } else if (character === '\\') {
      // A backslash with nothing behind it matches nothing.
      steps.push(++index < pattern.length ? pattern.charCodeAt(index) : noByte)
    } else {
      const set = character === '[' ? parseSet(pattern, index + 1) : undefined
      steps.push(set?.step ?? pattern.charCodeAt(index))
      if (set !== undefined) index = set.end
    }
  }
  return steps
}

const star: Step = { kind: 'star' }
const noByte = -1

/** The set whose text begins at `start`, after its bracket; undefined when it is never closed, and no set then. */
function parseSet(pattern: string, start: number): { step: Step; end: number } | undefined {
  const negated = pattern[start] === '!' || pattern[start] === '^'
  const first = negated ? start + 1 : start
  // A pattern may come from an event: thousands of brackets that are never closed are not to be read to the end each.
  if (pattern.indexOf(']', first + 1) === -1) return undefined
  const bytes = new Set<number>()
  let index = first
  while (index < pattern.length && (pattern[index] !== ']' || index === first)) {
    const named = pattern[index] === '[' ? /^\[:([a-z]+):\]/.exec(pattern.slice(index, index + 12)) : null
    const members = named === null ? undefined : classes[named[1]!]
    if (named !== null && members !== undefined) {
      for (let code = 0; code < 256; code++) if (members.test(String.fromCharCode(code))) bytes.add(code)
      index += named[0].length
      continue
    }
    if (pattern[index] === '\\' && index + 1 < pattern.length) index++
    const low = pattern.charCodeAt(index++)
    let high = low
    if (pattern[index] === '-' && index + 1 < pattern.length && pattern[index + 1] !== ']') {
      index++
      if (pattern[index] === '\\' && index + 1 < pattern.length) index++
      high = pattern.charCodeAt(index++)
    }
    for (let code = low; code <= high; code++) bytes.add(code)
  }
  if (index >= pattern.length) return undefined
  const has = negated ? new Set(Array.from({ length: 256 }, (_, code) => code).filter(code => !bytes.has(code))) : bytes
  return { step: { kind: 'set', has }, end: index }
}

function matches(steps: readonly Step[], text: string): boolean {
  let step = 0
  let index = 0
  let starStep = -1
  let starIndex = 0
  while (index < text.length) {
    const current = steps[step]
    if (current === star) {
      starStep = step++
      starIndex = index
    } else if (current !== undefined && accepts(current, text.charCodeAt(index))) {
      step++
      index++
    } else if (starStep >= 0) {
      step = starStep + 1
      index = ++starIndex
    } else {
      return false
    }
  }
  while (steps[step] === star) step++
  return step === steps.length
}

function accepts(step: Step, code: number): boolean {
  if (typeof step === 'number') return step === code
  return step.kind === 'any' || (step.kind === 'set' && step.has.has(code))
}
