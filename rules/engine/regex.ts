/** The operator `regex`: RE2 in its POSIX syntax, matched against the whole value, in time linear in its length. */
import { RE2JS } from 're2js'
import { messageOf } from '../../base/errors.ts'
import { fromBytes } from './source-text.ts'

/** What RE2 knows in its Perl syntax only: there a rule would load here and not in Falco. */
const perlOnly: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^\\[dDsSwW]/, 'Perl character classes such as \\d: write [0-9]'],
  [/^\\[bBAzZCQEpPkg]/, 'Perl escapes such as \\b and \\p'],
  [/^\(\?/, 'groups that begin with (?']
]

/** `*`, `+`, `?`, `{2}`, `{2,}`, `{2,3}`; any other brace stands for itself. */
const repetition = /^(?:[*+?]|\{\d+(?:,\d*)?\})/
/** A bracket that comes first, or after the ^, is one of the class; a class of characters has brackets of its own. */
const characterClass = /^\[\^?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]/

/**
 * Tells whether a text matches the pattern from its first to its last character. Both are bytes (latin1) of UTF-8; what is
 * none is U+FFFD.
 *
 * @throws Error whose message says what is wrong with the pattern
 */
export function regexMatcher(pattern: string): (text: string) => boolean {
  // In POSIX syntax ^ and $ stand for the ends of lines.
  const compiled = compile(withoutStacks(fromBytes(pattern)))
  return text => compiled.matches(fromBytes(text))
}

/** @throws Error with what the library says, without its preface and the flag that it puts before the pattern */
function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.MULTILINE)
  } catch (error) {
    const reason = messageOf(error)
      .replace(/^error parsing regexp: /, '')
      .replace('`(?m)', '`')
    throw new Error(reason, { cause: error })
  }
}

/**
 * POSIX repeats what is repeated: `a*?` is an optional `a*`. In the syntax of Perl, which the library reads, that is something
 * else or an error, and here it gets a group.
 */
function withoutStacks(pattern: string): string {
  const groups: number[] = []
  let written = ''
  /** Where what a repetition would repeat begins, and whether it is a repetition already. */
  let atom = 0
  let isRepeated = false
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at, at + longestUnit)
    for (const [perl, what] of perlOnly) {
      if (perl.test(rest)) throw new Error(`the POSIX syntax of RE2 has no ${what}`)
    }
    const repeated = repetition.exec(rest)?.[0]
    if (repeated !== undefined) {
      if (isRepeated) written = `${written.slice(0, atom)}(?:${written.slice(atom)})`
      written += repeated
      at += repeated.length
      isRepeated = true
      continue
    }
    isRepeated = false
    if (rest[0] === ')') atom = groups.pop() ?? written.length
    else atom = written.length
    if (rest[0] === '(') groups.push(atom)
    const unit =
      rest[0] === '\\' ? rest.slice(0, 2) : (classAt(pattern, at) ?? String.fromCodePoint(rest.codePointAt(0)!))
    written += unit
    at += unit.length
  }
  return written
}

/** No repetition or escape is longer. */
const longestUnit = 32

function classAt(pattern: string, at: number): string | undefined {
  if (pattern[at] !== '[') return undefined
  const text = characterClass.exec(pattern.slice(at))?.[0]
  const perl = text && /\\[dDsSwWbBpP]/.exec(text)
  if (perl) throw new Error(`the POSIX syntax of RE2 has no Perl character classes such as \\d: write [0-9]`)
  return text
}
