import { table } from './table.ts'

const nothing = {}

table('a missing text makes every comparison false, inequality too', nothing, [
  ['proc.name = cat', false],
  ['proc.name == cat', false],
  ['proc.name != cat', false],
  ['proc.name = ""', false],
  ['proc.name != ""', false],
  ['proc.name < zzz', false],
  ['proc.name <= zzz', false],
  ['proc.name > ""', false],
  ['proc.name >= ""', false],
  ['proc.name contains a', false],
  ['proc.name contains ""', false],
  ['proc.name icontains ""', false],
  ['proc.name startswith ""', false],
  ['proc.name endswith ""', false],
  ['proc.name glob *', false],
  ['proc.name iglob *', false],
  ['proc.name regex ".*"', false],
  ['proc.name in (cat)', false],
  ['proc.name in ()', false],
  ['proc.name intersects (cat)', false],
  ['proc.exepath pmatch (/)', false],
  ['proc.name exists', false]
])

table('the negation of a comparison with a missing value is true, which inequality is not', nothing, [
  ['not proc.name = cat', true],
  ['not proc.name != cat', true],
  ['not proc.name exists', true],
  ['not proc.name in (cat)', true],
  ['not proc.name in ()', true],
  ['not proc.pid = 1', true],
  ['not proc.pid != 1', true],
  ['not fd.sip = 10.0.0.1', true],
  ['not fd.sip != 10.0.0.1', true],
  ['not evt.is_open_write = true', true],
  ['not not proc.name = cat', false],
  ['not not proc.name != cat', false],
  ['not (proc.name = cat or proc.name != cat)', true],
  ['proc.name = cat or not proc.name = cat', true],
  ['proc.name = cat or proc.name != cat', false]
])

table('a missing number, truth value, address or buffer makes every comparison false', nothing, [
  ['proc.pid = 0', false],
  ['proc.pid != 0', false],
  ['proc.pid < 9223372036854775807', false],
  ['proc.pid > -9223372036854775808', false],
  ['proc.pid >= 0', false],
  ['proc.pid <= 0', false],
  ['proc.pid in (0, 1)', false],
  ['proc.pid exists', false],
  ['evt.is_open_write = true', false],
  ['evt.is_open_write = false', false],
  ['evt.is_open_write != true', false],
  ['evt.is_open_write != false', false],
  ['fd.sip = 10.0.0.1', false],
  ['fd.sip != 10.0.0.1', false],
  ['fd.sip in (10.0.0.1)', false],
  ['fd.snet = 0.0.0.0/0', false],
  ['fd.snet != 0.0.0.0/0', false],
  ['fd.ip != 10.0.0.1', false],
  ['fd.ip exists', false],
  ['fd.net != 10.0.0.0/8', false],
  ['fd.port != 443', false],
  ['evt.buffer contains ""', false],
  ['evt.buffer != ""', false],
  ['evt.buffer bcontains 00', false],
  ['proc.duration < 18446744073709551615', false],
  ['evt.rawtime > 0', false]
])

table('a missing value makes every list modifier false', nothing, [
  ['proc.name = oneof (cat, dog)', false],
  ['proc.name = anyof (cat, dog)', false],
  ['proc.name = allof (cat)', false],
  ['proc.name != oneof (cat, dog)', false],
  ['proc.name != anyof (cat, dog)', false],
  ['proc.name != allof (cat, dog)', false],
  ['proc.name contains allof ("")', false],
  ['not proc.name != allof (cat, dog)', true]
])

table('of a missing value every transformer is missing', nothing, [
  ['tolower(proc.name) = cat', false],
  ['tolower(proc.name) != cat', false],
  ['toupper(proc.name) != CAT', false],
  ['b64(proc.name) != cat', false],
  ['basename(proc.exepath) != cat', false],
  ['basename(proc.exepath) exists', false],
  ['len(proc.name) = 0', false],
  ['len(proc.name) != 0', false],
  ['len(proc.name) >= 0', false],
  ['not len(proc.name) = 0', true],
  ['concat(proc.name, ":", proc.pname) != x', false],
  ['concat(proc.name, ":", proc.pname) exists', false, { 'proc.name': 'cat' }],
  ['concat(proc.name, ":", proc.pname) exists', false, { 'proc.pname': 'sh' }],
  ['join(",", (proc.name, proc.pname)) exists', false, { 'proc.name': 'cat' }],
  ['join(",", (proc.name, proc.pname)) != x', false, { 'proc.pname': 'cat' }],
  ['getopt(proc.args, "ab:")[b] exists', false],
  ['getopt(proc.args, "ab:") exists', false]
])

table('null stands for a missing value as absence does', { 'proc.name': null, 'proc.pid': null, 'fd.sip': null }, [
  ['proc.name exists', false],
  ['proc.name != cat', false],
  ['not proc.name = cat', true],
  ['proc.pid != 1', false],
  ['fd.sip != 10.0.0.1', false]
])

table('an empty text, zero and false are values', { 'proc.name': '', 'proc.pid': 0, 'evt.is_open_write': false }, [
  ['proc.name exists', true],
  ['proc.name = ""', true],
  ['proc.name != cat', true],
  ['proc.pid exists', true],
  ['proc.pid != 1', true],
  ['evt.is_open_write exists', true],
  ['evt.is_open_write != true', true],
  ['len(proc.name) = 0', true]
])
