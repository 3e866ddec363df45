import { rejected, table } from './table.ts'

table('numbers are compared as numbers', { 'proc.pid': 10 }, [
  ['proc.pid = 10', true],
  ['proc.pid == 10', true],
  ['proc.pid = "10"', true],
  ['proc.pid = 0xa', true],
  ['proc.pid = 0xA', true],
  ['proc.pid = 9', false],
  ['proc.pid = 100', false],
  ['proc.pid != 10', false],
  ['proc.pid != 11', true],
  ['proc.pid < 9', false],
  ['proc.pid < 11', true],
  ['proc.pid < 100', true],
  ['proc.pid < 10', false],
  ['proc.pid <= 10', true],
  ['proc.pid > 9', true],
  ['proc.pid > 10', false],
  ['proc.pid >= 10', true],
  ['proc.pid >= 0xb', false],
  ['proc.pid>9', true],
  ['proc.pid>=10', true],
  ['proc.pid<11', true],
  ['proc.pid!=9', true],
  ['proc.pid = -10', false],
  ['proc.pid > -10', true],
  ['proc.pid exists', true],
  ['proc.pid in (1, 0xa)', true]
])

table('numbers with a sign', { 'evt.rawres': -2 }, [
  ['evt.rawres = -2', true],
  ['evt.rawres = 2', false],
  ['evt.rawres < 0', true],
  ['evt.rawres < -1', true],
  ['evt.rawres < -2', false],
  ['evt.rawres <= -2', true],
  ['evt.rawres > -10', true],
  ['evt.rawres >= 0', false],
  ['evt.rawres in (-1, -2)', true],
  ['user.loginuid = -1', true, { 'user.loginuid': -1 }],
  ['user.loginuid != -1', true, { 'user.loginuid': 1000 }],
  ['fd.num = -1', true, { 'fd.num': -1 }]
])

const largest = '9223372036854775807'
const smallest = '-9223372036854775808'

table('signed numbers have all of 64 bits', { 'evt.rawres': largest }, [
  [`evt.rawres = ${largest}`, true],
  ['evt.rawres = 9223372036854775806', false],
  ['evt.rawres != 9223372036854775806', true],
  ['evt.rawres > 9223372036854775806', true],
  ['evt.rawres >= 9223372036854775807', true],
  ['evt.rawres = 0x7fffffffffffffff', true],
  ['evt.rawres < 0', false],
  ['evt.rawres in (9223372036854775806, 9223372036854775805)', false],
  [`evt.rawres in (1, ${largest})`, true],
  [`evt.rawres = ${smallest}`, true, { 'evt.rawres': smallest }],
  ['evt.rawres = -9223372036854775807', false, { 'evt.rawres': smallest }],
  ['evt.rawres < -9223372036854775807', true, { 'evt.rawres': smallest }],
  ['evt.rawres = 9007199254740993', true, { 'evt.rawres': '9007199254740993' }],
  ['evt.rawres = 9007199254740992', false, { 'evt.rawres': '9007199254740993' }],
  ['evt.rawres > 9007199254740992', true, { 'evt.rawres': '9007199254740993' }],
  ['evt.rawres = 9007199254740992', true, { 'evt.rawres': '9007199254740992' }],
  ['evt.rawres = 9007199254740991', true, { 'evt.rawres': 9007199254740991 }],
  ['evt.rawres = 5', true, { 'evt.rawres': '5' }]
])

table('unsigned numbers have all of 64 or 32 bits', { 'evt.buflen': '18446744073709551615' }, [
  ['evt.buflen = 18446744073709551615', true],
  ['evt.buflen = 0xffffffffffffffff', true],
  ['evt.buflen = 18446744073709551614', false],
  ['evt.buflen > 18446744073709551614', true],
  ['evt.buflen > 9223372036854775807', true],
  ['evt.buflen >= 0', true],
  ['evt.buflen = 0', true, { 'evt.buflen': 0 }],
  ['user.uid = 4294967295', true, { 'user.uid': 4294967295 }],
  ['user.uid = 0xffffffff', true, { 'user.uid': 4294967295 }],
  ['user.uid = 0', true, { 'user.uid': 0 }],
  ['user.uid != 0', true, { 'user.uid': 1000 }],
  ['proc.tty = 34816', true, { 'proc.tty': 34816 }]
])

table('ports', { 'fd.sport': 443 }, [
  ['fd.sport = 443', true],
  ['fd.sport = 80', false],
  ['fd.sport != 443', false],
  ['fd.sport in (80, 443)', true],
  ['fd.sport >= 443 and fd.sport <= 443', true],
  ['fd.sport < 1024', true],
  ['fd.sport > 1024', false],
  ['fd.sport = 0', true, { 'fd.sport': 0 }],
  ['fd.sport >= 0', true, { 'fd.sport': 0 }],
  ['fd.sport = 65535', true, { 'fd.sport': 65535 }],
  ['fd.sport <= 65535', true, { 'fd.sport': 65535 }]
])

table('times are nanoseconds, told to the last of them', { 'evt.rawtime': '1767323045123456789' }, [
  ['evt.rawtime = 1767323045123456789', true],
  ['evt.rawtime = 1767323045123456788', false],
  ['evt.rawtime > 1767323045123456788', true],
  ['evt.rawtime < 1767323045123456789', false],
  ['evt.rawtime <= 1767323045123456789', true],
  ['evt.rawtime in (1, 1767323045123456789)', true],
  ['proc.duration <= 5000000000', true, { 'proc.duration': 5000000000 }],
  ['proc.duration < 5000000000', false, { 'proc.duration': 5000000000 }],
  ['proc.duration > 5000000000', true, { 'proc.duration': '5000000001' }],
  ['proc.duration = 0', true, { 'proc.duration': 0 }]
])

table('truth values', { 'evt.is_open_write': true }, [
  ['evt.is_open_write = true', true],
  ['evt.is_open_write == true', true],
  ['evt.is_open_write=true', true],
  ['evt.is_open_write = "true"', true],
  ['evt.is_open_write = false', false],
  ['evt.is_open_write != true', false],
  ['evt.is_open_write != false', true],
  ['evt.is_open_write in (true)', true],
  ['evt.is_open_write in (false)', false],
  ['evt.is_open_write exists', true],
  ['not evt.is_open_write = true', false],
  ['evt.is_open_write = false', true, { 'evt.is_open_write': false }],
  ['evt.is_open_write != true', true, { 'evt.is_open_write': false }],
  ['container.privileged = true', true, { 'container.privileged': true }]
])

rejected('what is no number of the type of the field', [
  'proc.pid = abc',
  'proc.pid = ""',
  'proc.pid = 1.5',
  'proc.pid = 1e3',
  'proc.pid = 5x',
  'proc.pid = x5',
  'proc.pid = 0x',
  'proc.pid = 0xg',
  'proc.pid = "5 "',
  'proc.pid = "1 2"',
  'proc.pid = --5',
  'proc.pid = 1,000',
  'proc.pid = true',
  'proc.pid < abc',
  'proc.pid != abc',
  'proc.pid = 9223372036854775808',
  'proc.pid = -9223372036854775809',
  'proc.pid = 0x8000000000000000',
  'proc.pid < 99999999999999999999999',
  'user.uid = -1',
  'user.uid = 4294967296',
  'user.uid in (0, 4294967296)',
  'evt.buflen = -1',
  'evt.buflen = 18446744073709551616',
  'fd.sport = 70000',
  'fd.sport = 65536',
  'fd.sport = -1',
  'fd.sport > 65536',
  'fd.port = 70000',
  'evt.rawtime = yesterday',
  'evt.rawtime = 18446744073709551616',
  'proc.duration < 5s',
  'proc.pid glob 1',
  'proc.pid pmatch (/1)'
])

rejected('truth values are true and false, and only equal', [
  'evt.is_open_write = 1',
  'evt.is_open_write = 0',
  'evt.is_open_write = yes',
  'evt.is_open_write = TRUE',
  'evt.is_open_write = True',
  'evt.is_open_write = ""',
  'evt.is_open_write < true',
  'evt.is_open_write >= false',
  'evt.is_open_write startswith t',
  'evt.is_open_write'
])
