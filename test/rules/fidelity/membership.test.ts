import { rejected, table } from './table.ts'

const cat = { 'proc.name': 'cat', 'proc.pid': 5, 'fd.sip': '10.0.0.1', 'evt.is_open_write': true }

table('in asks whether a value equals any of a list', cat, [
  ['proc.name in (cat)', true],
  ['proc.name in (cat, dog)', true],
  ['proc.name in (dog, cat)', true],
  ['proc.name in (dog, cow, cat, ant)', true],
  ['proc.name in (dog, cow)', false],
  ['proc.name in (dog)', false],
  ['proc.name in ()', false],
  ['not proc.name in ()', true],
  ['proc.name in (cat, cat)', true],
  ['proc.name in (CAT)', false],
  ['proc.name in (c*)', false],
  ['proc.name in (ca, at)', false],
  ['proc.name in ("cat")', true],
  ['proc.name in (\'dog\', "cat")', true],
  ['proc.name in (dog,cat)', true],
  ['proc.name in(dog, cat)', true],
  ['proc.name in ( dog , cat )', true],
  ['proc.name in (\n  dog,\n  cat\n)', true],
  ['proc.name in ("")', false],
  ['proc.name in ("")', true, { 'proc.name': '' }],
  ['proc.name in (a, "")', true, { 'proc.name': '' }],
  ['proc.name in ("a b", c)', true, { 'proc.name': 'a b' }],
  ['proc.name in (grüße, 日本)', true, { 'proc.name': '日本' }],
  ['proc.name in (runc:[0:PARENT], runc:[1:CHILD])', true, { 'proc.name': 'runc:[1:CHILD]' }],
  ['not proc.name in (cat, dog)', false],
  ['not proc.name in (dog)', true]
])

table('a word without parentheses is a list of one', cat, [
  ['proc.name in cat', true],
  ['proc.name in dog', false],
  ['proc.name intersects cat', true],
  ['proc.name in cat and proc.pid = 5', true],
  ['not proc.name in cat', false]
])

table('of a single value intersects asks what in asks', cat, [
  ['proc.name intersects (cat, dog)', true],
  ['proc.name intersects (dog, cow)', false],
  ['proc.name intersects ()', false],
  ['proc.name intersects (ca)', false],
  ['proc.pid intersects (4, 5)', true],
  ['proc.pid intersects (4, 6)', false],
  ['fd.sip intersects (10.0.0.1, 10.0.0.2)', true],
  ['fd.sip intersects (10.0.0.2)', false]
])

table('in takes numbers, truth values and addresses', cat, [
  ['proc.pid in (5)', true],
  ['proc.pid in (1, 5, 9)', true],
  ['proc.pid in (1, 9)', false],
  ['proc.pid in (0x5)', true],
  ['proc.pid in ()', false],
  ['proc.pid in (-1, -5)', false],
  ['proc.pid in (-1, -5)', true, { 'proc.pid': -5 }],
  ['evt.is_open_write in (true)', true],
  ['evt.is_open_write in (false)', false],
  ['evt.is_open_write in (true, false)', true],
  ['evt.is_open_write in ()', false],
  ['fd.sip in (10.0.0.1)', true],
  ['fd.sip in (10.0.0.2, 10.0.0.1)', true],
  ['fd.sip in (10.0.0.2)', false],
  ['fd.sip in ()', false],
  ['evt.buffer in ("GET ", "PUT ")', true, { 'evt.buffer': '47455420' }],
  ['evt.buffer in ("GET ", "PUT ")', false, { 'evt.buffer': '474554' }]
])

const reasons = (...items: string[]) => ({ 'internal.reasons': items })

table(
  'in with a list-valued field asks whether every element is in the set',
  reasons('a', 'b'),
  [
    ['internal.reasons in (a, b)', true],
    ['internal.reasons in (b, a)', true],
    ['internal.reasons in (a, b, c)', true],
    ['internal.reasons in (a)', false],
    ['internal.reasons in (b)', false],
    ['internal.reasons in (a, c)', false],
    ['internal.reasons in (c)', false],
    ['internal.reasons in ()', false],
    ['internal.reasons in ("a,b")', false],
    ['internal.reasons in (A, B)', false],
    ['not internal.reasons in (a)', true],
    ['internal.reasons in (a)', true, reasons('a')],
    ['internal.reasons in (b)', false, reasons('a')],
    ['internal.reasons in a', true, reasons('a')],
    ['internal.reasons in a', false],
    ['internal.reasons in (a)', true, reasons('a', 'a')],
    ['internal.reasons in ("")', true, reasons('')],
    ['internal.reasons in (grüße)', true, reasons('grüße')]
  ],
  'internal'
)

table(
  'intersects with a list-valued field asks whether any element is in the set',
  reasons('a', 'b'),
  [
    ['internal.reasons intersects (a)', true],
    ['internal.reasons intersects (b, c)', true],
    ['internal.reasons intersects (a, b)', true],
    ['internal.reasons intersects (c)', false],
    ['internal.reasons intersects ()', false],
    ['internal.reasons intersects (ab)', false],
    ['internal.reasons intersects a', true],
    ['internal.reasons intersects c', false],
    ['not internal.reasons intersects (c)', true],
    ['internal.reasons intersects (a)', true, reasons('a')],
    ['internal.reasons intersects (a)', true, reasons('a', 'a')],
    ['internal.reasons intersects ("")', true, reasons('x', '')],
    ['internal.reasons exists', true],
    ['len(internal.reasons) = 2', true],
    ['len(internal.reasons) = 1', true, reasons('ab')]
  ],
  'internal'
)

table(
  'a list-valued field that is missing or empty passes no test',
  {},
  [
    ['internal.reasons exists', false],
    ['internal.reasons in (a)', false],
    ['internal.reasons in ()', false],
    ['internal.reasons intersects (a)', false],
    ['not internal.reasons in (a)', true],
    ['not internal.reasons intersects (a)', true],
    ['internal.reasons in (a)', false, reasons()],
    ['internal.reasons in ()', false, reasons()],
    ['internal.reasons intersects (a)', false, reasons()]
  ],
  'internal'
)

rejected(
  'list-valued fields take only exists, in and intersects',
  [
    'internal.reasons = a',
    'internal.reasons == a',
    'internal.reasons != a',
    'internal.reasons < a',
    'internal.reasons >= a',
    'internal.reasons contains a',
    'internal.reasons icontains a',
    'internal.reasons startswith a',
    'internal.reasons endswith a',
    'internal.reasons glob *',
    'internal.reasons iglob *',
    'internal.reasons regex .*',
    'internal.reasons pmatch (/a)',
    'internal.reasons = anyof (a)',
    'internal.reasons contains oneof (a)',
    'internal.reasons bcontains 61'
  ],
  'internal'
)

rejected('a list is read to its end, and has commas between its items', [
  'proc.name in',
  'proc.name in (',
  'proc.name in (cat',
  'proc.name in (cat,',
  'proc.name in (cat,)',
  'proc.name in (,cat)',
  'proc.name in (cat dog)',
  'proc.name in (cat,, dog)',
  'proc.name in (cat))',
  'proc.name in ((cat))',
  'proc.name in (cat = dog)',
  'proc.name in (a"b)',
  'proc.name intersects',
  'proc.pid in (5, abc)',
  'proc.pid in (5, "")',
  'fd.sip in (10.0.0.1, 10.0.0)',
  'evt.is_open_write in (true, yes)'
])
