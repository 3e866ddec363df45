import { rejected, table } from './table.ts'

const passwd = { 'fd.name': '/etc/passwd' }

table('contains finds a text anywhere', passwd, [
  ['fd.name contains /etc/passwd', true],
  ['fd.name contains passwd', true],
  ['fd.name contains /etc', true],
  ['fd.name contains c/p', true],
  ['fd.name contains /', true],
  ['fd.name contains Passwd', false],
  ['fd.name contains /etc/passwd-', false],
  ['fd.name contains //', false],
  ['fd.name contains *', false],
  ['fd.name contains pass?d', false],
  ['fd.name contains .', false],
  ['fd.name contains ""', true],
  ['fd.name contains ""', true, { 'fd.name': '' }],
  ['fd.name contains /', false, { 'fd.name': '' }],
  ['fd.name contains aab', true, { 'fd.name': 'aaab' }],
  ['fd.name contains aba', true, { 'fd.name': 'ababab' }],
  ['fd.name contains "a b"', true, { 'fd.name': 'xa bx' }],
  ['fd.name contains "\\t"', true, { 'fd.name': 'a\tb' }],
  ['fd.name contains "\\n"', true, { 'fd.name': 'a\nb' }]
])

table('icontains folds the case of ASCII letters only', { 'proc.args': '--Password=GRÜẞE' }, [
  ['proc.args icontains password', true],
  ['proc.args icontains PASSWORD', true],
  ['proc.args icontains pAssWord', true],
  ['proc.args icontains grü', false],
  ['proc.args icontains grÜ', true],
  ['proc.args icontains GRÜ', true],
  ['proc.args icontains passwort', false],
  ['proc.args icontains ""', true],
  ['proc.args icontains ""', true, { 'proc.args': '' }],
  ['proc.args icontains a', false, { 'proc.args': '' }],
  ['proc.args icontains "@"', false, { 'proc.args': '`' }],
  ['proc.args icontains "["', false, { 'proc.args': '{' }],
  ['proc.args icontains k', false, { 'proc.args': '\u212a' }],
  ['proc.args icontains I', false, { 'proc.args': 'ı' }],
  ['proc.args icontains İ', true, { 'proc.args': 'İ' }]
])

table('startswith compares with the beginning', passwd, [
  ['fd.name startswith /etc', true],
  ['fd.name startswith /etc/', true],
  ['fd.name startswith /etc/passwd', true],
  ['fd.name startswith /etc/passwd/', false],
  ['fd.name startswith etc', false],
  ['fd.name startswith /ETC', false],
  ['fd.name startswith /et', true],
  ['fd.name startswith /e*', false],
  ['fd.name startswith ""', true],
  ['fd.name startswith ""', true, { 'fd.name': '' }],
  ['fd.name startswith a', false, { 'fd.name': '' }],
  ['fd.name startswith /etc', true, { 'fd.name': '/etcetera' }],
  ['fd.name startswith aa', false, { 'fd.name': 'a' }]
])

table('endswith compares with the end', passwd, [
  ['fd.name endswith passwd', true],
  ['fd.name endswith /passwd', true],
  ['fd.name endswith d', true],
  ['fd.name endswith /etc/passwd', true],
  ['fd.name endswith x/etc/passwd', false],
  ['fd.name endswith /etc', false],
  ['fd.name endswith PASSWD', false],
  ['fd.name endswith ""', true],
  ['fd.name endswith ""', true, { 'fd.name': '' }],
  ['fd.name endswith a', false, { 'fd.name': '' }],
  ['fd.name endswith ab', true, { 'fd.name': 'abab' }],
  ['fd.name endswith aba', false, { 'fd.name': 'abab' }],
  ['fd.name endswith "d "', false],
  ['fd.name endswith " "', true, { 'fd.name': 'a ' }]
])

table('arguments that are flags are compared as their names', { 'evt.arg.flags': 'O_TRUNC|O_CREAT|O_WRONLY' }, [
  ['evt.arg.flags contains O_TRUNC', true],
  ['evt.arg.flags contains O_CREAT', true],
  ['evt.arg.flags contains O_TRUNC|O_CREAT', true],
  ['evt.arg.flags contains O_CREAT|O_TRUNC', false],
  ['evt.arg.flags contains O_RDWR', false],
  ['evt.arg.flags contains o_trunc', false],
  ['evt.arg.flags icontains o_trunc', true],
  ['evt.arg.flags contains O_', true],
  ['evt.arg.flags = O_TRUNC', false],
  ['evt.arg.flags = O_TRUNC|O_CREAT|O_WRONLY', true],
  ['evt.arg.flags startswith O_TRUNC', true],
  ['evt.arg.flags endswith O_WRONLY', true],
  ['evt.arg.flags in (O_TRUNC, O_CREAT)', false],
  ['evt.arg.flags intersects (O_TRUNC, O_CREAT)', false],
  ['evt.arg.flags contains O_TRUNC and evt.arg.flags contains O_WRONLY', true],
  ['evt.arg.flags contains anyof (O_RDWR, O_WRONLY)', true],
  ['evt.arg.flags contains allof (O_TRUNC, O_RDWR)', false],
  ['evt.arg[flags] contains O_TRUNC', true, { 'evt.arg[flags]': 'O_TRUNC' }],
  ['evt.arg.mode contains S_ISUID', true, { 'evt.arg.mode': 'S_IXUSR|S_ISUID' }],
  ['evt.arg.request contains PTRACE_ATTACH', false, { 'evt.arg.request': 'PTRACE_TRACEME' }]
])

rejected('substrings are sought in text and buffers only', [
  'proc.pid contains 1',
  'proc.pid icontains 1',
  'proc.pid startswith 1',
  'proc.pid endswith 1',
  'evt.is_open_write contains true',
  'fd.sip contains 10',
  'fd.sip startswith 10.',
  'fd.snet endswith .1',
  'fd.sport contains 44',
  'proc.duration startswith 1'
])
