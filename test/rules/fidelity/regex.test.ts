import { rejected, table } from './table.ts'

const name = { 'proc.name': 'python3.11' }

table('a regular expression must match the whole text', name, [
  ['proc.name regex python3.11', true],
  ['proc.name regex python', false],
  ['proc.name regex 3.11', false],
  ['proc.name regex python.*', true],
  ['proc.name regex .*11', true],
  ['proc.name regex .*', true],
  ['proc.name regex .+', true],
  ['proc.name regex "^python.*$"', true],
  ['proc.name regex "^python$"', false],
  ['proc.name regex PYTHON.*', false],
  ['proc.name regex python[0-9.]+', true],
  ['proc.name regex python[0-9]+', false],
  ['proc.name regex ".*"', true, { 'proc.name': '' }],
  ['proc.name regex ".+"', false, { 'proc.name': '' }],
  ['proc.name regex ""', true, { 'proc.name': '' }],
  ['proc.name regex ""', false],
  ['proc.name regex "a?"', true, { 'proc.name': '' }],
  ['proc.name regex "a*"', true, { 'proc.name': 'aaa' }],
  ['proc.name regex "a*"', false, { 'proc.name': 'aab' }],
  ['proc.name regex "a.b"', false, { 'proc.name': 'a\nb' }],
  ['proc.name regex "a[^x]b"', true, { 'proc.name': 'a\nb' }]
])

table('alternatives, groups and counts', { 'proc.name': 'abab' }, [
  ['proc.name regex "(ab)+"', true],
  ['proc.name regex "(ab){2}"', true],
  ['proc.name regex "(ab){3}"', false],
  ['proc.name regex "(ab){1,2}"', true],
  ['proc.name regex "(ab){2,3}"', true],
  ['proc.name regex "(ab){3,}"', false],
  ['proc.name regex "(ab){1,}"', true],
  ['proc.name regex "(ab|ba)*"', true],
  ['proc.name regex "ab|abab"', true],
  ['proc.name regex "abab|ab"', true],
  ['proc.name regex "ab|ba"', false],
  ['proc.name regex "(a|ab)(ab|b)*"', true],
  ['proc.name regex "a.*b"', true],
  ['proc.name regex "[ab]{4}"', true],
  ['proc.name regex "[ab]{2,3}"', false],
  ['proc.name regex "b?a?b?a?b"', true],
  ['proc.name regex "cat|dog"', true, { 'proc.name': 'dog' }],
  ['proc.name regex "cat|dog"', false, { 'proc.name': 'catdog' }],
  ['proc.name regex "cat|"', true, { 'proc.name': '' }],
  ['proc.name regex "ba{2,3}"', true, { 'proc.name': 'baa' }],
  ['proc.name regex "ba{2,3}"', false, { 'proc.name': 'ba' }],
  ['proc.name regex "ba{2,3}"', false, { 'proc.name': 'baaaa' }]
])

table('character classes', {}, [
  ['proc.name regex [a-c]', true, { 'proc.name': 'b' }],
  ['proc.name regex [^a-c]', false, { 'proc.name': 'b' }],
  ['proc.name regex [^a-c]', true, { 'proc.name': 'd' }],
  ['proc.name regex [[:alpha:]]+', true, { 'proc.name': 'Bash' }],
  ['proc.name regex [[:alpha:]]+', false, { 'proc.name': 'bash5' }],
  ['proc.name regex [[:digit:]]+', true, { 'proc.name': '2024' }],
  ['proc.name regex [[:digit:]]+', false, { 'proc.name': '2024a' }],
  ['proc.name regex [[:alnum:]_]+', true, { 'proc.name': 'a_1' }],
  ['proc.name regex [^[:space:]]+', true, { 'proc.name': 'ab' }],
  ['proc.name regex [^[:space:]]+', false, { 'proc.name': 'a b' }],
  ['proc.name regex [[:upper:]][[:lower:]]*', true, { 'proc.name': 'Xorg' }],
  ['proc.name regex [[:upper:]][[:lower:]]*', false, { 'proc.name': 'xorg' }],
  ['proc.name regex [.]', true, { 'proc.name': '.' }],
  ['proc.name regex [.]', false, { 'proc.name': 'a' }],
  ['proc.name regex []a]', true, { 'proc.name': ']' }],
  ['proc.name regex [a-]', true, { 'proc.name': '-' }],
  ['proc.name regex [^/]*', true, { 'proc.name': 'abc' }],
  ['proc.name regex [^/]*', false, { 'proc.name': 'a/b' }]
])

table('a backslash takes the next character as it is; in quotes it is written twice', {}, [
  ['proc.name regex "a\\\\.b"', true, { 'proc.name': 'a.b' }],
  ['proc.name regex "a\\\\.b"', false, { 'proc.name': 'axb' }],
  ['proc.name regex a\\.b', true, { 'proc.name': 'a.b' }],
  ['proc.name regex a\\.b', false, { 'proc.name': 'axb' }],
  ['proc.name regex "a\\\\*"', true, { 'proc.name': 'a*' }],
  ['proc.name regex "\\\\(a\\\\)"', true, { 'proc.name': '(a)' }],
  ['proc.name regex "\\\\[a\\\\]"', true, { 'proc.name': '[a]' }],
  ['proc.name regex "\\\\\\\\"', true, { 'proc.name': '\\' }],
  ['proc.name regex "a\\\\|b"', true, { 'proc.name': 'a|b' }],
  ['proc.name regex "\\\\{x\\\\}"', true, { 'proc.name': '{x}' }],
  ['proc.name regex "\\\\^\\\\$"', true, { 'proc.name': '^$' }]
])

table('text beyond ASCII stands for itself in a regular expression', { 'proc.name': 'grüße' }, [
  ['proc.name regex grüße', true],
  ['proc.name regex gr.*e', true],
  ['proc.name regex gr.+', true],
  ['proc.name regex "gr(ü|u)ße"', true],
  ['proc.name regex GRÜSSE', false],
  ['proc.name regex [a-z]+', false],
  ['proc.name regex [[:alpha:]]+', false]
])

rejected('what RE2 knows only beyond its POSIX syntax, and what is no regular expression', [
  'proc.name regex "\\\\d+"',
  'proc.name regex "\\\\D"',
  'proc.name regex "\\\\w+"',
  'proc.name regex "\\\\W"',
  'proc.name regex "\\\\s"',
  'proc.name regex "\\\\S"',
  'proc.name regex "\\\\bcat"',
  'proc.name regex "[\\\\d]"',
  'proc.name regex "(?i)cat"',
  'proc.name regex "(?:cat)"',
  'proc.name regex "(?P<n>cat)"',
  'proc.name regex "(?=cat)"',
  'proc.name regex "(a"',
  'proc.name regex "a)"',
  'proc.name regex "[a"',
  'proc.name regex "*a"',
  'proc.name regex "+a"',
  'proc.name regex "[z-a]"',
  'proc.name regex "[[:nosuch:]]"',
  'proc.name regex "a{3,2}"',
  'proc.name regex "a{2000}"',
  'proc.name regex "a\\\\"',
  'proc.name regex',
  'proc.name regex (a)'
])

rejected('regular expressions are for text, and are constants', [
  'proc.pid regex 1',
  'fd.sip regex 10.*',
  'evt.buffer regex a',
  'evt.is_open_write regex true',
  'proc.name regex val(proc.pname)',
  'proc.name regex tolower(proc.pname)'
])
