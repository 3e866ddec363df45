import { rejected, table } from './table.ts'

table('evt.type is a text, whose constants must be names of events', { 'evt.type': 'openat' }, [
  ['evt.type = openat', true],
  ['evt.type = open', false],
  ['evt.type != open', true],
  ['evt.type != openat', false],
  ['evt.type in (open, openat, openat2)', true],
  ['evt.type in (execve, execveat)', false],
  ['evt.type in ()', false],
  ['evt.type intersects (open, openat)', true],
  ['evt.type startswith open', true],
  ['evt.type contains open', true],
  ['evt.type endswith open', false],
  ['evt.type exists', true],
  ['evt.type = "openat"', true],
  ['evt.type = openat and evt.type != open', true],
  ['evt.type = open or evt.type = openat', true],
  ['not evt.type = open', true],
  ['not evt.type in (open, openat)', false],
  ['evt.type = execve', true, { 'evt.type': 'execve' }],
  ['evt.type = procexit', true, { 'evt.type': 'procexit' }],
  ['evt.type = userfaultfd', true, { 'evt.type': 'userfaultfd' }],
  ['evt.type = open', false, { 'evt.type': null }],
  ['evt.type != open', false, { 'evt.type': null }]
])

rejected('names of events that do not exist, whatever the operator', [
  'evt.type = opeen',
  'evt.type == opeen',
  'evt.type != opeen',
  'evt.type contains opeen',
  'evt.type startswith ope',
  'evt.type endswith at',
  'evt.type glob open*',
  'evt.type in (opeen)',
  'evt.type in (open, opeen)',
  'evt.type in (opeen, open)',
  'evt.type in opeen',
  'evt.type intersects (open, opeen)',
  'evt.type = OPEN',
  'evt.type = ""',
  'evt.type = "open "',
  'evt.type = 2',
  'evt.type = anyof (open, opeen)',
  'proc.name = cat or evt.type = opeen',
  'not evt.type = opeen'
])

table('events are seen when the call returns: evt.dir is always that way', {}, [
  ['evt.dir = <', true],
  ['evt.dir=<', true],
  ['evt.dir == <', true],
  ['evt.dir = "<"', true],
  ['evt.dir = >', false],
  ['evt.dir=>', false],
  ['evt.dir = ">"', false],
  ['evt.dir != <', false],
  ['evt.dir!=<', false],
  ['evt.dir != >', true],
  ['not evt.dir = >', true],
  ['not evt.dir = <', false],
  ['evt.dir=< and evt.dir != >', true],
  ['(evt.dir=<)', true],
  ['evt.type = open and evt.dir=<', true, { 'evt.type': 'open' }],
  ['evt.type = open and evt.dir=>', false, { 'evt.type': 'open' }]
])

table('proc.aname without an index stands for any ancestor', { 'proc.aname': ['bash', 'sshd', 'systemd'] }, [
  ['proc.aname = bash', true],
  ['proc.aname = sshd', true],
  ['proc.aname = systemd', true],
  ['proc.aname = cat', false],
  ['proc.aname = ssh', false],
  ['proc.aname != bash', true],
  ['proc.aname != cat', true],
  ['not proc.aname = bash', false],
  ['not proc.aname = cat', true],
  ['not proc.aname != bash', false],
  ['proc.aname in (cat, sshd)', true],
  ['proc.aname in (cat, dog)', false],
  ['proc.aname in ()', false],
  ['not proc.aname in (cat, dog)', true],
  ['proc.aname startswith ssh', true],
  ['proc.aname startswith cat', false],
  ['proc.aname contains ystem', true],
  ['proc.aname endswith d', true],
  ['proc.aname icontains SSH', true],
  ['proc.aname glob s*d', true],
  ['proc.aname glob c*', false],
  ['proc.aname regex "s[a-z]+d"', true],
  ['proc.aname exists', true],
  ['proc.aname = bash and proc.aname = systemd', true],
  ['proc.aname != bash', false, { 'proc.aname': ['bash'] }],
  ['proc.aname != bash', false, { 'proc.aname': ['bash', 'bash'] }],
  ['proc.aname != bash', true, { 'proc.aname': ['bash', 'sh'] }],
  ['proc.aname = bash', true, { 'proc.aname': ['bash'] }],
  ['proc.aname[1] = bash', true],
  ['proc.aname[2] = sshd', true],
  ['proc.aname[3] = systemd', true],
  ['proc.aname[1] = sshd', false],
  ['proc.aname[4] exists', false]
])

table('a process without ancestors', { 'proc.aname': [] }, [
  ['proc.aname exists', false],
  ['proc.aname = bash', false],
  ['proc.aname != bash', false],
  ['proc.aname in (bash)', false],
  ['not proc.aname = bash', true],
  ['not proc.aname exists', true],
  ['proc.aname = bash', false, { 'proc.aname': null }],
  ['proc.aname != bash', false, { 'proc.aname': null }]
])

const lineage = { 'proc.aname[0]': 'cat', 'proc.aname[1]': 'bash', 'proc.aname[2]': 'sshd' }

table('proc.aname with an index is one ancestor: 0 the process itself, 1 its parent', lineage, [
  ['proc.aname[0] = cat', true],
  ['proc.aname[1] = bash', true],
  ['proc.aname[2] = sshd', true],
  ['proc.aname[1] = sshd', false],
  ['proc.aname[1] != sshd', true],
  ['proc.aname[3] = systemd', false],
  ['proc.aname[3] != systemd', false],
  ['proc.aname[3] exists', false],
  ['not proc.aname[3] exists', true],
  ['proc.aname[2] in (sshd, dropbear)', true],
  ['proc.aname[2] startswith ssh', true],
  ['proc.aname[1] = bash and proc.aname[2] = sshd', true],
  ['tolower(proc.aname[1]) = bash', true, { 'proc.aname[1]': 'BASH' }]
])

table('a number of any ancestor', { 'proc.apid': [100, 20, 1] }, [
  ['proc.apid = 20', true],
  ['proc.apid = 2', false],
  ['proc.apid != 20', true],
  ['proc.apid > 99', true],
  ['proc.apid > 100', false],
  ['proc.apid < 2', true],
  ['proc.apid in (2, 1)', true],
  ['proc.apid in (2, 3)', false],
  ['not proc.apid = 1', false],
  ['proc.apid[1] = 100', true],
  ['proc.apid[3] = 1', true],
  ['proc.apid[4] exists', false],
  ['proc.apid != 1', false, { 'proc.apid': [1] }],
  ['proc.apid exists', false, { 'proc.apid': [] }]
])
