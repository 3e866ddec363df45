import { rejected, table } from './table.ts'

const args = (text: string) => ({ 'proc.args': text })

table('an option in brackets gives its value', args('-b value'), [
  ['getopt(proc.args, "b:")[b] = value', true],
  ['getopt(proc.args, "ab:c")[b] = value', true],
  ['getopt(proc.args, "ab:c")[b] = other', false],
  ['getopt(proc.args, "ab:c")[b] != other', true],
  ['getopt(proc.args, "ab:c")[b] exists', true],
  ['getopt(proc.args, "ab:c")[b] startswith val', true],
  ['getopt(proc.args, "ab:c")[b] in (a, value)', true],
  ['getopt(proc.args, "ab:c")[b] glob v*', true],
  ['getopt(proc.args, "ab:c")[b] = value', true, args('-bvalue')],
  ['getopt(proc.args, "ab:c")[b] = value', true, args('-a -b value')],
  ['getopt(proc.args, "ab:c")[b] = value', true, args('-a -bvalue -c')],
  ['getopt(proc.args, "ab:c")[b] = value', true, args('-ab value')],
  ['getopt(proc.args, "ab:c")[b] = value', true, args('-abvalue')],
  ['getopt(proc.args, "ab:c")[b] = value', true, args('-acbvalue')],
  ['getopt(proc.args, "ab:c")[b] = -a', true, args('-b -a')],
  ['getopt(proc.args, "ab:c")[b] = a', true, args('-ba')],
  ['getopt(proc.args, "ab:c")[b] = /bin/sh', true, args('-c -b /bin/sh')],
  ['getopt(proc.args, "ab:c")[b] = value', true, args('-b value file')],
  ['toupper(getopt(proc.args, "b:")[b]) = VALUE', true],
  ['basename(getopt(proc.args, "b:")[b]) = sh', true, args('-b /bin/sh')],
  ['len(getopt(proc.args, "b:")[b]) = 5', true]
])

table('a flag gives the empty text where it is there, and is missing where it is not', args('-a -c'), [
  ['getopt(proc.args, "abc")[a] = ""', true],
  ['getopt(proc.args, "abc")[a] exists', true],
  ['getopt(proc.args, "abc")[a] != ""', false],
  ['getopt(proc.args, "abc")[a] = a', false],
  ['getopt(proc.args, "abc")[b] exists', false],
  ['getopt(proc.args, "abc")[b] = ""', false],
  ['getopt(proc.args, "abc")[b] != x', false],
  ['not getopt(proc.args, "abc")[b] exists', true],
  ['getopt(proc.args, "abc")[c] exists', true],
  ['getopt(proc.args, "abc")[a] exists', true, args('-abc')],
  ['getopt(proc.args, "abc")[b] exists', true, args('-abc')],
  ['getopt(proc.args, "abc")[c] exists', true, args('-abc')],
  ['getopt(proc.args, "ab:c")[a] exists', true, args('-ab value')],
  ['getopt(proc.args, "ab:c")[c] exists', false, args('-b -c')],
  ['getopt(proc.args, "ab:c")[c] exists', false, args('-bc')],
  ['getopt(proc.args, "ab:c")[c] exists', true, args('-b x -c')],
  ['getopt(proc.args, "ab:c")[a] exists', false, args('')],
  ['getopt(proc.args, "ab:c")[a] exists', false, args('a')],
  ['getopt(proc.args, "ab:c")[a] exists', false, args('a b')],
  ['getopt(proc.args, "Aa")[A] exists', true, args('-A')],
  ['getopt(proc.args, "Aa")[a] exists', false, args('-A')],
  ['getopt(proc.args, "e46")[4] exists', true, args('-4')]
])

table('two dashes end the options', {}, [
  ['getopt(proc.args, "ab:")[a] exists', false, args('-- -a')],
  ['getopt(proc.args, "ab:")[b] exists', false, args('-a -- -b value')],
  ['getopt(proc.args, "ab:")[a] exists', true, args('-a -- -b value')],
  ['getopt(proc.args, "ab:")[a] exists', true, args('-a --')]
])

table('without brackets it is the list of the options found', args('-a -b value'), [
  ['getopt(proc.args, "ab:c") intersects (a)', true],
  ['getopt(proc.args, "ab:c") intersects (b)', true],
  ['getopt(proc.args, "ab:c") intersects (c)', false],
  ['getopt(proc.args, "ab:c") intersects (c, b)', true],
  ['getopt(proc.args, "ab:c") intersects (value)', false],
  ['getopt(proc.args, "ab:c") in (a, b)', true],
  ['getopt(proc.args, "ab:c") in (a, b, c)', true],
  ['getopt(proc.args, "ab:c") in (a)', false],
  ['getopt(proc.args, "ab:c") in (b)', false],
  ['getopt(proc.args, "ab:c") exists', true],
  ['getopt(proc.args, "ab:c") in (a)', true, args('-a')],
  ['getopt(proc.args, "ab:c") in (a, c)', true, args('-ac')],
  ['getopt(proc.args, "ab:c") intersects (c)', true, args('-ac')],
  ['getopt(proc.args, "ab:c") intersects (a, b, c)', false, args('-- -a')],
  ['len(getopt(proc.args, "ab:c")) = 2', true],
  ['join(",", getopt(proc.args, "ab:c")) = "a,b"', true]
])

table('where no option is found the list passes no test', args('file'), [
  ['getopt(proc.args, "ab:c") intersects (a, b, c)', false],
  ['getopt(proc.args, "ab:c") in (a, b, c)', false],
  ['not getopt(proc.args, "ab:c") intersects (a)', true],
  ['getopt(proc.args, "ab:c") intersects (a)', false, args('')]
])

rejected('getopt takes the arguments and the options, and without brackets gives a list', [
  'getopt(proc.args, "ab:") = a',
  'getopt(proc.args, "ab:") != a',
  'getopt(proc.args, "ab:") contains a',
  'getopt(proc.args, "ab:") startswith a',
  'getopt(proc.args, "ab:") = anyof (a)',
  'tolower(getopt(proc.args, "ab:")) = a',
  'getopt() = a',
  'getopt(proc.args)[a] = b',
  'getopt("ab:")[a] = b',
  'getopt(proc.args, "ab:")[a = b',
  'getopt(proc.args, "ab:")[] = b',
  'getopt(proc.pid, "ab:")[a] = b'
])
