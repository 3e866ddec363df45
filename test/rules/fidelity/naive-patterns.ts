/** Patterns of the rule language in the most obvious way: by recursion over bytes, one character each. */

type Byte = (byte: string) => boolean

/** fnmatch(3) without flags. */
export function globMatches(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern[0] === '*') {
    return globMatches(pattern.slice(1), text) || (text !== '' && globMatches(pattern, text.slice(1)))
  }
  const [one, length] = firstByte(pattern)
  return text !== '' && one(text[0]!) && globMatches(pattern.slice(length), text.slice(1))
}

/** What the pattern asks of one byte, and how long that part of the pattern is. */
function firstByte(pattern: string): [Byte, number] {
  switch (pattern[0]) {
    case '?':
      return [() => true, 1]
    case '\\':
      return [byte => byte === pattern[1], 2]
    case '[':
      return bracket(pattern) ?? [byte => byte === '[', 1]
    default:
      return [byte => byte === pattern[0], 1]
  }
}

/** Undefined where no bracket closes the set. */
function bracket(pattern: string): [Byte, number] | undefined {
  const negated = pattern[1] === '!' || pattern[1] === '^'
  const first = negated ? 2 : 1
  const members: Byte[] = []
  let at = first
  while (pattern[at] !== ']' || at === first) {
    if (at >= pattern.length) return undefined
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at))
    if (named !== null) {
      const isOne = classes[named[1]!]!
      members.push(byte => isOne.test(byte))
      at += named[0].length
      continue
    }
    if (pattern[at] === '\\') at++
    const low = pattern[at++]
    if (low === undefined) return undefined
    let high = low
    if (pattern[at] === '-' && pattern[at + 1] !== ']' && pattern[at + 1] !== undefined) {
      at += pattern[at + 1] === '\\' ? 2 : 1
      high = pattern[at++] ?? ''
    }
    members.push(byte => low <= byte && byte <= high)
  }
  return [byte => members.some(member => member(byte)) !== negated, at + 1]
}

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  xdigit: /[0-9A-Fa-f]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  blank: /[ \t]/
}

/** The regular expressions of JavaScript mean the same where they are as plain as those of the tests. */
export function regexMatches(pattern: string, text: string): boolean {
  const names: Readonly<Record<string, string>> = {
    alpha: 'A-Za-z',
    digit: '0-9',
    alnum: 'A-Za-z0-9',
    upper: 'A-Z',
    lower: 'a-z',
    space: ' \\t-\\r'
  }
  const translated = pattern
    .replace(/\[:([a-z]+):\]/g, (_, name: string) => names[name]!)
    .replace(/^(\[\^?)\]/, '$1\\]')
    .replace(/\\.|\[[^\]]*\]|\./g, part => (part === '.' ? '[^\\n]' : part))
  return new RegExp(`^(?:${translated})$`).test(text)
}

/** Whether a path is at or below a prefix, component by component. */
export function isBelow(prefix: string, path: string): boolean {
  const wanted = prefix.split('/').filter(part => part !== '')
  const found = path.split('/').filter(part => part !== '')
  return wanted.every((part, index) => {
    const component = found[index]
    if (component === undefined) return false
    return /[*?[]/.test(part) ? globMatches(part, component) : part === component
  })
}
