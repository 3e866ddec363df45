import { rejected, table } from './table.ts'

const passwd = { 'fd.name': '/etc/passwd' }

table('a star of glob stands for any bytes, slashes and leading dots too', passwd, [
  ['fd.name glob *', true],
  ['fd.name glob **', true],
  ['fd.name glob /*', true],
  ['fd.name glob /etc/*', true],
  ['fd.name glob */passwd', true],
  ['fd.name glob *passwd', true],
  ['fd.name glob passwd', false],
  ['fd.name glob *etc', false],
  ['fd.name glob /*/*', true],
  ['fd.name glob /*/*/*', false],
  ['fd.name glob /e*d', true],
  ['fd.name glob /etc/passwd', true],
  ['fd.name glob /etc/passwd*', true],
  ['fd.name glob /etc/passwd?', false],
  ['fd.name glob /etc', false],
  ['fd.name glob /etc/', false],
  ['fd.name glob *', true, { 'fd.name': '' }],
  ['fd.name glob **', true, { 'fd.name': '' }],
  ['fd.name glob ?', false, { 'fd.name': '' }],
  ['fd.name glob ""', true, { 'fd.name': '' }],
  ['fd.name glob ""', false],
  ['fd.name glob /root/*', true, { 'fd.name': '/root/.ssh/id_rsa' }],
  ['fd.name glob */*', true, { 'fd.name': '/root/.ssh' }],
  ['fd.name glob *ssh', true, { 'fd.name': '.ssh' }],
  ['fd.name glob *a*b*c*', true, { 'fd.name': 'xxaxxbxxcxx' }],
  ['fd.name glob *a*b*c', false, { 'fd.name': 'xxaxxbxxcxx' }],
  ['fd.name glob *ab*ab', false, { 'fd.name': 'ab' }],
  ['fd.name glob *ab*ab', true, { 'fd.name': 'abab' }],
  ['fd.name glob *aab', true, { 'fd.name': 'aaaab' }]
])

table('a question mark of glob stands for one byte, a slash and a leading dot too', passwd, [
  ['fd.name glob /etc?passwd', true],
  ['fd.name glob ?etc/passwd', true],
  ['fd.name glob /etc/pass??', true],
  ['fd.name glob /etc/passwd?', false],
  ['fd.name glob ?ssh', true, { 'fd.name': '.ssh' }],
  ['fd.name glob ???', true, { 'fd.name': 'abc' }],
  ['fd.name glob ???', false, { 'fd.name': 'ab' }],
  ['fd.name glob ???', false, { 'fd.name': 'abcd' }],
  ['fd.name glob ?*', true, { 'fd.name': 'a' }],
  ['fd.name glob *?', true, { 'fd.name': 'a' }],
  ['fd.name glob *??', false, { 'fd.name': 'a' }],
  ['fd.name glob gr??n', true, { 'fd.name': 'grün' }],
  ['fd.name glob gr?n', false, { 'fd.name': 'grün' }],
  ['fd.name glob grü?', true, { 'fd.name': 'grün' }]
])

table('brackets of glob stand for one byte of a set', { 'fd.name': 'b' }, [
  ['fd.name glob [abc]', true],
  ['fd.name glob [a-c]', true],
  ['fd.name glob [ac]', false],
  ['fd.name glob [c-a]', false],
  ['fd.name glob [!a]', true],
  ['fd.name glob [^a]', true],
  ['fd.name glob [!b]', false],
  ['fd.name glob [^a-c]', false],
  ['fd.name glob [!a-c]', false],
  ['fd.name glob [A-C]', false],
  ['fd.name glob [[:alpha:]]', true],
  ['fd.name glob [[:lower:]]', true],
  ['fd.name glob [[:upper:]]', false],
  ['fd.name glob [[:digit:]]', false],
  ['fd.name glob [![:digit:]]', true],
  ['fd.name glob [^[:alpha:]]', false],
  ['fd.name glob [[:digit:]b]', true],
  ['fd.name glob [[:digit:][:lower:]]', true],
  ['fd.name glob [[:xdigit:]]', true],
  ['fd.name glob [[:alnum:]]', true],
  ['fd.name glob [[:punct:]]', false],
  ['fd.name glob [[:space:]]', true, { 'fd.name': ' ' }],
  ['fd.name glob [[:blank:]]', true, { 'fd.name': '\t' }],
  ['fd.name glob [[:punct:]]', true, { 'fd.name': '-' }],
  ['fd.name glob [[:digit:]]', true, { 'fd.name': '7' }],
  ['fd.name glob [abc]', false, { 'fd.name': 'bb' }],
  ['fd.name glob [abc]', false, { 'fd.name': '' }],
  ['fd.name glob [!a]', false, { 'fd.name': '' }],
  ['fd.name glob [/]', true, { 'fd.name': '/' }],
  ['fd.name glob [!a]', true, { 'fd.name': '/' }]
])

table('the odd members of a set are taken literally', {}, [
  ['fd.name glob []]', true, { 'fd.name': ']' }],
  ['fd.name glob []a]', true, { 'fd.name': 'a' }],
  ['fd.name glob [!]]', false, { 'fd.name': ']' }],
  ['fd.name glob [!]]', true, { 'fd.name': 'x' }],
  ['fd.name glob [a-]', true, { 'fd.name': '-' }],
  ['fd.name glob [-a]', true, { 'fd.name': '-' }],
  ['fd.name glob [a!]', true, { 'fd.name': '!' }],
  ['fd.name glob [a^]', true, { 'fd.name': '^' }],
  ['fd.name glob [*]', true, { 'fd.name': '*' }],
  ['fd.name glob [*]', false, { 'fd.name': 'a' }],
  ['fd.name glob [?]', true, { 'fd.name': '?' }],
  ['fd.name glob [?]', false, { 'fd.name': 'a' }],
  ['fd.name glob [.]', true, { 'fd.name': '.' }],
  ['fd.name glob "[\\\\]]"', true, { 'fd.name': ']' }],
  ['fd.name glob "[a\\\\-c]"', false, { 'fd.name': 'b' }],
  ['fd.name glob "[a\\\\-c]"', true, { 'fd.name': '-' }]
])

table('a bracket that is never closed is a bracket', {}, [
  ['fd.name glob [', true, { 'fd.name': '[' }],
  ['fd.name glob [abc', true, { 'fd.name': '[abc' }],
  ['fd.name glob [abc', false, { 'fd.name': 'a' }],
  ['fd.name glob [abc*', true, { 'fd.name': '[abcdef' }],
  ['fd.name glob runc:[[]0:PARENT]', true, { 'fd.name': 'runc:[0:PARENT]' }],
  ['fd.name glob []', true, { 'fd.name': '[]' }],
  ['fd.name glob [!', true, { 'fd.name': '[!' }],
  ['fd.name glob a]', true, { 'fd.name': 'a]' }]
])

table('a backslash of glob, written twice in quotes, takes the next byte as it is', {}, [
  ['fd.name glob "\\\\*"', true, { 'fd.name': '*' }],
  ['fd.name glob "\\\\*"', false, { 'fd.name': 'a' }],
  ['fd.name glob "a\\\\?"', true, { 'fd.name': 'a?' }],
  ['fd.name glob "a\\\\?"', false, { 'fd.name': 'ab' }],
  ['fd.name glob "\\\\[a]"', true, { 'fd.name': '[a]' }],
  ['fd.name glob "\\\\[a]"', false, { 'fd.name': 'a' }],
  ['fd.name glob "\\\\\\\\"', true, { 'fd.name': '\\' }],
  ['fd.name glob "\\\\a"', true, { 'fd.name': 'a' }],
  ['fd.name glob "\\\\a"', false, { 'fd.name': '\\a' }],
  ['fd.name glob \\*', true, { 'fd.name': '*' }],
  ['fd.name glob \\*', false, { 'fd.name': 'a' }],
  // fnmatch(3): a pattern that ends in an escape matches nothing.
  ['fd.name glob "a\\\\"', false, { 'fd.name': 'a\\' }],
  ['fd.name glob "a\\\\"', false, { 'fd.name': 'a' }]
])

table('iglob is glob with the case of ASCII letters folded', { 'fd.name': '/etc/PassWD' }, [
  ['fd.name iglob */passwd', true],
  ['fd.name iglob */PASSWD', true],
  ['fd.name glob */passwd', false],
  ['fd.name iglob /ETC/*', true],
  ['fd.name iglob *pass??', true],
  ['fd.name iglob *PASS[W-X]d', true],
  ['fd.name iglob *passw', false],
  ['fd.name iglob *', true, { 'fd.name': '' }],
  ['fd.name iglob [A-C]', true, { 'fd.name': 'b' }],
  ['fd.name iglob [a-c]', true, { 'fd.name': 'B' }],
  ['fd.name iglob [!a]', false, { 'fd.name': 'A' }],
  ['fd.name iglob Ü', false, { 'fd.name': 'ü' }],
  ['fd.name iglob "\\\\A"', true, { 'fd.name': 'a' }]
])

table('whatever else regular expressions know is plain in glob', {}, [
  ['fd.name glob a+', true, { 'fd.name': 'a+' }],
  ['fd.name glob a+', false, { 'fd.name': 'aa' }],
  ['fd.name glob a.c', false, { 'fd.name': 'abc' }],
  ['fd.name glob ^a$', true, { 'fd.name': '^a$' }],
  ['fd.name glob {a|b}', true, { 'fd.name': '{a|b}' }],
  ['fd.name glob "(a)"', true, { 'fd.name': '(a)' }],
  ['fd.name glob "@(a)"', true, { 'fd.name': '@(a)' }]
])

rejected('glob is for text', [
  'proc.pid glob 1*',
  'proc.pid iglob 1*',
  'fd.sip glob 10.*',
  'evt.buffer glob *',
  'evt.buffer iglob *',
  'evt.is_open_write glob t*',
  'fd.name glob',
  'fd.name glob a b',
  'fd.name glob (a)'
])
