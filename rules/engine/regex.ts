/** The operator `regex`: RE2 in its POSIX syntax, matched against the whole value, in time linear in its length. */
import { RE2JS } from 're2js'

/** What RE2 knows in its Perl syntax only: there a rule would load here and not in Falco. */
const perlOnly: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^\\[dDsSwW]/, 'Perl character classes such as \\d: write [0-9]'],
  [/^\\[bBAzZCQEpPkg]/, 'Perl escapes such as \\b and \\p'],
  [/^\(\?/, 'groups that begin with (?'],
  [/^(?:[*+?]|\{\d+(?:,\d*)?\})\?/, 'lazy repetitions such as *?']
]

/**
 * Tells whether a text matches the pattern from its first to its last byte. Both are bytes (latin1), so a dot stands for
 * one byte.
 *
 * @throws Error whose message says what is wrong with the pattern
 */
export function regexMatcher(pattern: string): (text: string) => boolean {
  rejectPerl(pattern)
  const compiled = RE2JS.compile(pattern)
  return text => compiled.matches(text)
}

function rejectPerl(pattern: string): void {
  let inClass = false
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at)
    for (const [perl, what] of perlOnly) {
      if ((!inClass || rest[0] === '\\') && perl.test(rest)) throw new Error(`the POSIX syntax of RE2 has no ${what}`)
    }
    if (rest[0] === '\\') at++
    else if (inClass) inClass = rest[0] !== ']'
    else if (rest[0] === '[') {
      inClass = true
      // A bracket that comes first, or after the ^, is one of the class.
      if (/^\[\^?\]/.test(rest)) at += rest.indexOf(']')
    }
  }
}
