import { rejected, table } from './table.ts'

const yes = 'proc.name = cat'
const no = 'proc.name = dog'
const cat = { 'proc.name': 'cat', 'proc.pid': 5 }

table('not binds closer than and, and closer than or', cat, [
  [`${yes} and ${yes}`, true],
  [`${yes} and ${no}`, false],
  [`${no} or ${yes}`, true],
  [`${no} or ${no}`, false],
  [`not ${no}`, true],
  [`not ${yes}`, false],
  [`${yes} or ${yes} and ${no}`, true],
  [`(${yes} or ${yes}) and ${no}`, false],
  [`${no} and ${yes} or ${yes}`, true],
  [`${no} and (${yes} or ${yes})`, false],
  [`${no} or ${yes} and ${yes}`, true],
  [`${yes} and ${no} or ${no} and ${yes}`, false],
  [`${yes} and ${yes} or ${no} and ${no}`, true],
  [`not ${no} and ${no}`, false],
  [`not (${no} and ${no})`, true],
  [`not ${yes} or ${yes}`, true],
  [`not (${yes} or ${yes})`, false],
  [`not ${no} and not ${no}`, true],
  [`${yes} and not ${no} or ${no}`, true],
  [`${yes} and not ${yes}`, false],
  [`${no} or not ${yes} or ${yes}`, true],
  [`${yes} and ${yes} and ${yes} and ${no}`, false],
  [`${no} or ${no} or ${no} or ${yes}`, true]
])

table('nots and parentheses may be repeated', cat, [
  [`not not ${yes}`, true],
  [`not not ${no}`, false],
  [`not not not ${no}`, true],
  [`not not not not ${yes}`, true],
  [`not(${no})`, true],
  [`not(${yes})`, false],
  [`not (${no})`, true],
  [`not(not(${yes}))`, true],
  [`not not(${yes})`, true],
  [`not (not ${yes})`, true],
  [`((${yes}))`, true],
  [`( ( ${yes} ) )`, true],
  [`(((${no})))`, false],
  [`not ((${no}) or (${no}))`, true],
  [`${'('.repeat(30)}${yes}${')'.repeat(30)}`, true],
  [`${'not ('.repeat(30)}${yes}${')'.repeat(30)}`, true],
  [`${'not ('.repeat(31)}${yes}${')'.repeat(31)}`, false]
])

table('keywords end at a blank or a parenthesis', cat, [
  [`${yes} and(${yes})`, true],
  [`${yes} and(${no})`, false],
  [`${no} or(${yes})`, true],
  [`(${yes})and(${yes})`, true],
  [`(${no})or(${yes})`, true],
  [`(${yes}) and not(${no})`, true],
  [`(${yes})and not(${yes})`, false],
  [`proc.name = "cat"and proc.pid = 5`, true],
  [`proc.name in (cat)and proc.pid = 5`, true],
  [`proc.name in (cat)or proc.pid = 6`, true],
  ['proc.name exists and proc.pid exists', true],
  ['proc.name exists or proc.ppid exists', true],
  ['(proc.name exists)', true],
  ['not proc.ppid exists', true]
])

table('blanks of every kind may stand between the parts, and need not where a part ends by itself', cat, [
  [`  ${yes}  `, true],
  [`\t${yes}\t`, true],
  [`\n${yes}\n`, true],
  [`${yes}\nand\nproc.pid = 5`, true],
  [`${yes}\n  and\n  not\n  ${no}`, true],
  [`${yes}\tand\tproc.pid\t=\t5`, true],
  [`${yes} and\r\n proc.pid = 5`, true],
  ['proc.name=cat', true],
  ['proc.name =cat', true],
  ['proc.name= cat', true],
  ['proc.name!=cat', false],
  ['proc.name==cat', true],
  ['proc.name   =   cat', true],
  ['proc.name\n=\ncat', true],
  ['proc.name="cat"', true],
  ['proc.pid>4', true],
  ['proc.pid<=4', false],
  ['proc.pid>=5', true],
  ['(proc.name=cat)', true],
  [`(${yes}\n or (${no})\n)`, true]
])

table('a word may hold anything but blanks, quotes, parentheses, equals signs and commas', {}, [
  ['proc.name = runc:[0:PARENT]', true, { 'proc.name': 'runc:[0:PARENT]' }],
  ['proc.args contains -e', true, { 'proc.args': '-e x' }],
  ['proc.name = -e', true, { 'proc.name': '-e' }],
  ['proc.name = --help', true, { 'proc.name': '--help' }],
  ['fd.name = /a*b', true, { 'fd.name': '/a*b' }],
  ['fd.name = /a*b', false, { 'fd.name': '/axb' }],
  ['proc.name = a.b-c', true, { 'proc.name': 'a.b-c' }],
  ['proc.name = a!b', true, { 'proc.name': 'a!b' }],
  ['proc.name = !', true, { 'proc.name': '!' }],
  ['proc.name = a<b>c', true, { 'proc.name': 'a<b>c' }],
  ['proc.name = a|b&c;d', true, { 'proc.name': 'a|b&c;d' }],
  ['proc.name = $x#y%z', true, { 'proc.name': '$x#y%z' }],
  ['proc.name = a\\b', true, { 'proc.name': 'a\\b' }],
  ['proc.name = \\x41', true, { 'proc.name': '\\x41' }],
  ['proc.name = \\x41', false, { 'proc.name': 'A' }],
  ['proc.name = {a}', true, { 'proc.name': '{a}' }],
  ['proc.name = [a]', true, { 'proc.name': '[a]' }],
  ['proc.name = a:b@c', true, { 'proc.name': 'a:b@c' }],
  ['proc.name = ~', true, { 'proc.name': '~' }],
  ['proc.name = 日本', true, { 'proc.name': '日本' }],
  // Blanks beyond ASCII are bytes of a word.
  ['proc.name = a\u00a0b', true, { 'proc.name': 'a\u00a0b' }],
  ['proc.name = a\u3000b', true, { 'proc.name': 'a\u3000b' }]
])

table('words of the language are values where a value stands', {}, [
  ['proc.name = and', true, { 'proc.name': 'and' }],
  ['proc.name = or and proc.pid = 5', true, { 'proc.name': 'or', 'proc.pid': 5 }],
  ['proc.name = not', true, { 'proc.name': 'not' }],
  ['proc.name in (and, or, not)', true, { 'proc.name': 'or' }],
  ['proc.name = in', true, { 'proc.name': 'in' }],
  ['proc.name = exists', true, { 'proc.name': 'exists' }],
  ['proc.name = proc.pname', true, { 'proc.name': 'proc.pname' }],
  ['proc.name = proc.pname', false, { 'proc.name': 'sh', 'proc.pname': 'sh' }],
  ['proc.name = contains', true, { 'proc.name': 'contains' }],
  ['proc.name contains contains', true, { 'proc.name': 'xcontainsx' }]
])

table('fields with an argument', {}, [
  ['evt.arg.flags = a', true, { 'evt.arg.flags': 'a' }],
  ['evt.arg[flags] = a', true, { 'evt.arg[flags]': 'a' }],
  ['evt.arg[flags] = a', true, { 'evt.arg.flags': 'a' }],
  ['evt.arg.flags = a', true, { 'evt.arg[flags]': 'a' }],
  ['evt.arg["flags"] = a', true, { 'evt.arg.flags': 'a' }],
  ['evt.arg[0] = a', true, { 'evt.arg[0]': 'a' }],
  ['evt.arg[1] = a', false, { 'evt.arg[0]': 'a' }],
  ['evt.arg.oldpath = a', false, { 'evt.arg.newpath': 'a' }],
  ['container.mount.dest[/proc*] = /proc', true, { 'container.mount.dest[/proc*]': '/proc' }],
  ['container.mount.dest[/] in (/host)', true, { 'container.mount.dest[/]': '/host' }],
  ['container.mount.dest[/etc] = /x', false, { 'container.mount.dest[/proc*]': '/x' }],
  ['proc.env[PATH] contains bin', true, { 'proc.env[PATH]': '/bin' }],
  ['proc.env["PATH"] contains bin', true, { 'proc.env[PATH]': '/bin' }],
  ['proc.env contains bin', true, { 'proc.env': 'PATH=/bin' }],
  ['k8s.pod.label[app] = web', true, { 'k8s.pod.label[app]': 'web' }],
  ['k8s.pod.label[app] = web', false, { 'k8s.pod.label[tier]': 'web' }],
  ['k8s.pod.label[größe] = x', true, { 'k8s.pod.label[größe]': 'x' }],
  ['k8s.pod.label["größe"] = x', true, { 'k8s.pod.label[größe]': 'x' }],
  ['container.label["a b"] = x', true, { 'container.label[a b]': 'x' }],
  ['proc.aname[12] = a', true, { 'proc.aname[12]': 'a' }]
])

const many = (count: number, of: (index: number) => string, by: string) =>
  Array.from({ length: count }, (_, i) => of(i)).join(by)

table('conditions may be long', { 'proc.name': 'n1999' }, [
  [many(2000, index => `proc.name = n${index}`, ' or '), true],
  [many(1999, index => `proc.name = n${index}`, ' or '), false],
  [many(2000, index => `proc.name != n${index}`, ' and '), false],
  [many(1999, index => `proc.name != n${index}`, ' and '), true],
  [`proc.name in (${many(2000, index => `n${index}`, ', ')})`, true],
  [`proc.name in (${many(1999, index => `n${index}`, ', ')})`, false],
  [`proc.name = "${'n'.repeat(5000)}"`, false],
  [`proc.name = "${'n'.repeat(5000)}"`, true, { 'proc.name': 'n'.repeat(5000) }]
])

rejected('conditions nested too deep, without a crash', [
  `${'('.repeat(2000)}${yes}${')'.repeat(2000)}`,
  `${'not('.repeat(2000)}${yes}${')'.repeat(2000)}`,
  `${'('.repeat(100000)}${yes}${')'.repeat(100000)}`,
  '('.repeat(2000),
  `${`(${yes} and `.repeat(2000)}${yes}${')'.repeat(2000)}`
])
