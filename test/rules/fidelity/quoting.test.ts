import { rejected, table } from './table.ts'

const named = (name: string) => ({ 'proc.name': name })

table('quotes hold what a word cannot', {}, [
  ['proc.name = "a b"', true, named('a b')],
  ["proc.name = 'a b'", true, named('a b')],
  ['proc.name = "a=b"', true, named('a=b')],
  ['proc.name = "a,b"', true, named('a,b')],
  ['proc.name = "(a)"', true, named('(a)')],
  ['proc.name = " a "', true, named(' a ')],
  ['proc.name = " a "', false, named('a')],
  ['proc.name = ""', true, named('')],
  ["proc.name = ''", true, named('')],
  ['proc.name = "it\'s"', true, named("it's")],
  ['proc.name = \'say "x"\'', true, named('say "x"')],
  ['proc.name = "a and b"', true, named('a and b')],
  ['proc.name = "a\nb"', true, named('a\nb')],
  ['proc.name = "a\tb"', true, named('a\tb')],
  ['proc.name = "日本 語"', true, named('日本 語')],
  ['proc.name in ("a b", c, \'d,e\')', true, named('d,e')],
  ['proc.name = "cat" and proc.name = \'cat\'', true, named('cat')],
  ['proc.args contains " -e "', true, { 'proc.args': 'x -e y' }],
  ['proc.args contains " -e "', false, { 'proc.args': '-e y' }]
])

table('escapes in quotes', {}, [
  ['proc.name = "a\\bc"', true, named('a\bc')],
  ['proc.name = "a\\fc"', true, named('a\fc')],
  ['proc.name = "a\\nc"', true, named('a\nc')],
  ['proc.name = "a\\rc"', true, named('a\rc')],
  ['proc.name = "a\\tc"', true, named('a\tc')],
  ['proc.name = "a\\\\c"', true, named('a\\c')],
  ['proc.name = "a\\/c"', true, named('a/c')],
  ['proc.name = "a\\"c"', true, named('a"c')],
  ["proc.name = 'a\\'c'", true, named("a'c")],
  ["proc.name = 'a\\nc'", true, named('a\nc')],
  ["proc.name = 'a\\\\c'", true, named('a\\c')],
  ['proc.name = "a\\\\nc"', true, named('a\\nc')],
  ['proc.name = "a\\\\nc"', false, named('a\nc')],
  ['proc.name = "\\\\"', true, named('\\')],
  ['proc.name = "\\\\\\\\"', true, named('\\\\')],
  ['proc.name = "\\""', true, named('"')],
  ['proc.name = "\\\\" and proc.name = "\\\\"', true, named('\\')],
  ['proc.name = "\\n\\t\\r"', true, named('\n\t\r')],
  ['proc.name = "a\\nb"', false, named('a\\nb')],
  ['proc.name in ("\\n", "\\t")', true, named('\t')]
])

table('a byte written as two hexadecimal digits', {}, [
  ['proc.name = "\\x41"', true, named('A')],
  ['proc.name = "\\x4a\\x4B"', true, named('JK')],
  ['proc.name = "a\\x20b"', true, named('a b')],
  ['proc.name = "\\x414"', true, named('A4')],
  ['proc.name = "\\x0a"', true, named('\n')],
  ['proc.name = "\\x7f"', true, named('\x7f')],
  ['proc.name = "\\xc3\\xbc"', true, named('ü')],
  ['proc.name = "\\xfc"', false, named('ü')],
  ['proc.name = "\\xe6\\x97\\xa5"', true, named('日')],
  ['proc.name = "\\\\x41"', true, named('\\x41')],
  ["proc.name = '\\x41'", true, named('A')],
  ['proc.name contains "\\xbc"', true, named('ü')]
])

rejected('escapes that do not exist', [
  'proc.name = "\\q"',
  'proc.name = "\\a"',
  'proc.name = "\\v"',
  'proc.name = "\\0"',
  'proc.name = "\\1"',
  'proc.name = "\\e"',
  'proc.name = "\\u0041"',
  'proc.name = "\\N"',
  'proc.name = "\\*"',
  'proc.name = "\\."',
  'proc.name = "\\d"',
  'proc.name = "\\("',
  'proc.name = "\\x"',
  'proc.name = "\\x4"',
  'proc.name = "\\x4g"',
  'proc.name = "\\xzz"',
  'proc.name = "\\X41"',
  'proc.name = "\\\'"',
  "proc.name = '\\\"'",
  'proc.name in (a, "\\q")',
  'proc.name glob "\\*"'
])

rejected('quotes that are never closed, or closed by the other kind', [
  'proc.name = "cat',
  "proc.name = 'cat",
  'proc.name = "cat\'',
  'proc.name = \'cat"',
  'proc.name = "',
  'proc.name = cat"',
  'proc.name = "cat\\"',
  'proc.name = "cat\\',
  'proc.name in ("cat, dog)',
  'proc.name = "a" "b"',
  'proc.name = "a"b',
  'proc.name = a"b"',
  'proc.name = c"at"'
])
