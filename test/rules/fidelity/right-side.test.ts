import { rejected, table } from './table.ts'

const same = { 'proc.name': 'bash', 'proc.pname': 'bash' }
const other = { 'proc.pname': 'sshd' }

table('val compares a field with another', same, [
  ['proc.name = val(proc.pname)', true],
  ['proc.name == val(proc.pname)', true],
  ['proc.name != val(proc.pname)', false],
  ['proc.name = val(proc.pname)', false, other],
  ['proc.name != val(proc.pname)', true, other],
  ['proc.name = val(proc.name)', true],
  ['proc.name < val(proc.pname)', true, other],
  ['proc.name < val(proc.pname)', false],
  ['proc.name <= val(proc.pname)', true],
  ['proc.name > val(proc.pname)', false, other],
  ['proc.name >= val(proc.pname)', true],
  ['proc.name contains val(proc.pname)', true, { 'proc.pname': 'as' }],
  ['proc.name contains val(proc.pname)', true, { 'proc.pname': '' }],
  ['proc.name contains val(proc.pname)', false, other],
  ['proc.name icontains val(proc.pname)', true, { 'proc.pname': 'AS' }],
  ['proc.name startswith val(proc.pname)', true, { 'proc.pname': 'ba' }],
  ['proc.name startswith val(proc.pname)', false, { 'proc.pname': 'bashful' }],
  ['proc.name endswith val(proc.pname)', true, { 'proc.pname': 'sh' }],
  ['proc.name glob val(proc.pname)', true, { 'proc.pname': 'b*h' }],
  ['proc.name glob val(proc.pname)', false, { 'proc.pname': 'c*' }],
  ['proc.name in val(proc.pname)', true],
  ['proc.name in val(proc.pname)', false, other],
  ['proc.name = val( proc.pname )', true],
  ['proc.name=val(proc.pname)', true],
  ['not proc.name = val(proc.pname)', true, other],
  ['proc.name = val(proc.pname) and proc.pname = bash', true],
  ['evt.arg.oldpath = val(evt.arg.newpath)', true, { 'evt.arg.oldpath': '/a', 'evt.arg.newpath': '/a' }]
])

table('where either side is missing the comparison is false', {}, [
  ['proc.name = val(proc.pname)', false],
  ['proc.name != val(proc.pname)', false],
  ['proc.name = val(proc.pname)', false, { 'proc.name': 'a' }],
  ['proc.name != val(proc.pname)', false, { 'proc.name': 'a' }],
  ['proc.name != val(proc.pname)', false, { 'proc.pname': 'a' }],
  ['not proc.name = val(proc.pname)', true, { 'proc.name': 'a' }],
  ['proc.name contains val(proc.pname)', false, { 'proc.name': 'a' }],
  ['proc.name in val(proc.pname)', false, { 'proc.name': 'a' }],
  ['proc.pid != val(proc.ppid)', false, { 'proc.pid': 1 }],
  ['fd.sip != val(fd.cip)', false, { 'fd.sip': '10.0.0.1' }],
  ['proc.name != tolower(proc.pname)', false, { 'proc.name': 'a' }],
  ['proc.name != concat(proc.pname, proc.exe)', false, { 'proc.name': 'a', 'proc.pname': 'b' }]
])

table('numbers, truth values, addresses and buffers compare with their like', {}, [
  ['proc.pid = val(proc.ppid)', true, { 'proc.pid': 7, 'proc.ppid': 7 }],
  ['proc.pid = val(proc.ppid)', false, { 'proc.pid': 7, 'proc.ppid': 8 }],
  ['proc.pid > val(proc.ppid)', true, { 'proc.pid': 10, 'proc.ppid': 9 }],
  ['proc.pid > val(proc.ppid)', false, { 'proc.pid': 9, 'proc.ppid': 10 }],
  ['proc.pid < val(proc.ppid)', true, { 'proc.pid': -1, 'proc.ppid': 0 }],
  ['proc.pid >= val(proc.ppid)', true, { 'proc.pid': 3, 'proc.ppid': 3 }],
  ['proc.pid != val(proc.vpid)', true, { 'proc.pid': 100, 'proc.vpid': 1 }],
  ['fd.sport = val(fd.cport)', true, { 'fd.sport': 123, 'fd.cport': 123 }],
  ['user.uid = val(group.gid)', false, { 'user.uid': 0, 'group.gid': 1 }],
  ['evt.is_open_read = val(evt.is_open_write)', true, { 'evt.is_open_read': true, 'evt.is_open_write': true }],
  ['evt.is_open_read = val(evt.is_open_write)', false, { 'evt.is_open_read': true, 'evt.is_open_write': false }],
  ['fd.sip = val(fd.cip)', true, { 'fd.sip': '10.0.0.1', 'fd.cip': '10.0.0.1' }],
  ['fd.sip = val(fd.cip)', false, { 'fd.sip': '10.0.0.1', 'fd.cip': '10.0.0.2' }],
  ['fd.sip != val(fd.cip)', true, { 'fd.sip': '10.0.0.1', 'fd.cip': '::1' }],
  ['fd.sip = val(fd.cip)', false, { 'fd.sip': '10.0.0.1', 'fd.cip': '::1' }],
  ['fd.sip = val(fd.cip)', true, { 'fd.sip': '::1', 'fd.cip': '0:0:0:0:0:0:0:1' }],
  ['evt.buflen = len(evt.buffer)', true, { 'evt.buflen': 2, 'evt.buffer': 'ffff' }],
  ['evt.buflen > len(evt.buffer)', true, { 'evt.buflen': 5, 'evt.buffer': 'ffff' }],
  [
    'evt.rawtime = val(proc.pid.ts)',
    false,
    { 'evt.rawtime': '1767323045123456789', 'proc.pid.ts': '1767323045123456788' }
  ],
  [
    'evt.rawtime > val(proc.pid.ts)',
    true,
    { 'evt.rawtime': '1767323045123456789', 'proc.pid.ts': '1767323045123456788' }
  ]
])

table('a transformer may stand on the right, and on both sides', { 'proc.name': 'bash', 'proc.pname': 'BASH' }, [
  ['proc.name = tolower(proc.pname)', true],
  ['proc.name != tolower(proc.pname)', false],
  ['proc.name = toupper(proc.pname)', false],
  ['toupper(proc.name) = val(proc.pname)', true],
  ['tolower(proc.name) = tolower(proc.pname)', true],
  ['proc.name = basename(proc.exepath)', true, { 'proc.exepath': '/bin/bash' }],
  ['proc.name = basename(proc.exepath)', false, { 'proc.exepath': '/tmp/evil' }],
  ['proc.name = tolower(basename(proc.exepath))', true, { 'proc.exepath': '/bin/BASH' }],
  ['len(proc.name) = len(proc.pname)', true],
  ['len(proc.name) < len(proc.exepath)', true, { 'proc.exepath': '/bin/bash' }],
  ['proc.cmdline = concat(proc.name, " ", proc.args)', true, { 'proc.cmdline': 'bash -c', 'proc.args': '-c' }],
  ['proc.cmdline startswith concat(proc.name, " ")', true, { 'proc.cmdline': 'bash -c' }],
  ['proc.name = b64(proc.args)', true, { 'proc.args': 'YmFzaA==' }]
])

table('val and the names of transformers are words without a parenthesis behind them', { 'proc.name': 'val' }, [
  ['proc.name = val', true],
  ['proc.name = "val"', true],
  ['proc.name in (val, tolower)', true],
  ['proc.name = tolower', true, { 'proc.name': 'tolower' }],
  ['proc.name = "val(proc.pname)"', true, { 'proc.name': 'val(proc.pname)' }],
  ['proc.name = value', false]
])

rejected('types must fit, and a field must stand within val', [
  'proc.name = val(proc.pid)',
  'proc.pid = val(proc.name)',
  'proc.name = val(fd.sip)',
  'fd.sip = val(proc.name)',
  'fd.sip = val(fd.sport)',
  'proc.pid = val(fd.sip)',
  'evt.is_open_write = val(proc.name)',
  'evt.is_open_write = val(proc.pid)',
  'evt.buffer = val(proc.name)',
  'proc.name = len(proc.pname)',
  'len(proc.name) = val(proc.pname)',
  'proc.pid = tolower(proc.name)',
  'proc.name = val()',
  'proc.name = val(bash)',
  'proc.name = val("proc.pname")',
  'proc.name = val(proc.pname',
  'proc.name = val(proc.nosuch)',
  'proc.name = val(proc.pname, proc.exe)',
  'proc.name = val(proc.pname) bash',
  'proc.name = oneof (val(proc.pname))',
  'proc.name in (val(proc.pname))',
  'proc.name regex val(proc.pname)',
  'fd.name pmatch val(proc.cwd)',
  'proc.pid contains val(proc.ppid)',
  'fd.sip < val(fd.cip)',
  'proc.name exists val(proc.pname)'
])
