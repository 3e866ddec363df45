import { rejected, table } from './table.ts'

const cat = { 'proc.name': 'cat' }

table('oneof asks whether exactly one of the tests holds', cat, [
  ['proc.name = oneof (cat)', true],
  ['proc.name = oneof (cat, dog)', true],
  ['proc.name = oneof (dog, cat)', true],
  ['proc.name = oneof (dog, cow)', false],
  ['proc.name = oneof (cat, cat)', false],
  ['proc.name = oneof (cat, dog, cat)', false],
  ['proc.name = oneof ()', false],
  ['proc.name == oneof (cat, dog)', true],
  ['proc.name == oneof (cat, cat)', false],
  ['proc.name != oneof (cat)', false],
  ['proc.name != oneof (dog)', true],
  ['proc.name != oneof (cat, dog)', true],
  ['proc.name != oneof (dog, cow)', false],
  ['proc.name != oneof (cat, dog, cow)', false],
  ['proc.name != oneof (cat, cat, dog)', true],
  ['proc.name contains oneof (a, x)', true],
  ['proc.name contains oneof (a, t)', false],
  ['proc.name startswith oneof (c, ca)', false],
  ['proc.name startswith oneof (c, d)', true],
  ['proc.name endswith oneof (at, dog)', true],
  ['proc.name endswith oneof (at, t)', false],
  ['proc.name glob oneof (c*, d*)', true],
  ['proc.name glob oneof (c*, *t)', false],
  ['proc.name regex oneof (c.*, d.*)', true],
  ['proc.name regex oneof (c.*, .*t)', false],
  ['not proc.name = oneof (cat, cat)', true]
])

table('anyof asks whether at least one of the tests holds', cat, [
  ['proc.name = anyof (cat)', true],
  ['proc.name = anyof (dog, cat)', true],
  ['proc.name = anyof (dog, cow)', false],
  ['proc.name = anyof (cat, cat)', true],
  ['proc.name = anyof ()', false],
  ['proc.name == anyof (dog, cat)', true],
  ['proc.name != anyof (cat)', false],
  ['proc.name != anyof (dog)', true],
  ['proc.name != anyof (cat, dog)', true],
  ['proc.name != anyof (cat, cat)', false],
  ['proc.name != anyof ()', false],
  ['proc.name contains anyof (x, a)', true],
  ['proc.name contains anyof (x, y)', false],
  ['proc.name contains anyof ("")', true],
  ['proc.name icontains anyof (X, A)', true],
  ['proc.name startswith anyof (do, ca)', true],
  ['proc.name startswith anyof (do, co)', false],
  ['proc.name endswith anyof (og, at)', true],
  ['proc.name glob anyof (d*, c*)', true],
  ['proc.name iglob anyof (D*, C*)', true],
  ['proc.name regex anyof ("d.*", "c[a-z]+")', true],
  ['proc.name regex anyof (d.*, c)', false]
])

table('allof asks whether every one of the tests holds', cat, [
  ['proc.name = allof (cat)', true],
  ['proc.name = allof (cat, cat)', true],
  ['proc.name = allof (cat, dog)', false],
  ['proc.name = allof ()', false],
  ['proc.name != allof (dog, cow)', true],
  ['proc.name != allof (dog, cat)', false],
  ['proc.name != allof ()', false],
  ['not proc.name != allof ()', true],
  ['proc.name contains allof (c, a, t)', true],
  ['proc.name contains allof (c, x)', false],
  ['proc.name contains allof ("", cat)', true],
  ['proc.name icontains allof (CA, AT)', true],
  ['proc.name startswith allof (c, ca, cat)', true],
  ['proc.name startswith allof (c, cat, cats)', false],
  ['proc.name endswith allof (t, at)', true],
  ['proc.name glob allof (c*, *t, ???)', true],
  ['proc.name glob allof (c*, *x)', false],
  ['proc.name iglob allof (C*, *T)', true],
  ['proc.name regex allof (c.*, .*t, [a-z]+)', true],
  ['proc.name regex allof (c.*, .*x)', false]
])

table('list modifiers are written as lists are', cat, [
  ['proc.name = anyof(dog, cat)', true],
  ['proc.name=anyof(dog,cat)', true],
  ['proc.name = anyof ( "dog" , \'cat\' )', true],
  ['proc.name = anyof (\n  dog,\n  cat\n)', true],
  ['(proc.name = anyof (cat)) and proc.name = allof (cat)', true],
  ['proc.name = anyof (dog) or proc.name = anyof (cat)', true],
  ['proc.name = "anyof"', true, { 'proc.name': 'anyof' }],
  ['proc.name in (oneof, anyof, allof)', true, { 'proc.name': 'anyof' }]
])

table('list modifiers fit what the operator fits', {}, [
  ['proc.pid = anyof (1, 2)', true, { 'proc.pid': 2 }],
  ['proc.pid = oneof (2, 2)', false, { 'proc.pid': 2 }],
  ['proc.pid = oneof (2, 0x2)', false, { 'proc.pid': 2 }],
  ['proc.pid != allof (1, 2)', true, { 'proc.pid': 3 }],
  ['proc.pid != allof (1, 2)', false, { 'proc.pid': 1 }],
  ['fd.sip = anyof (10.0.0.1, 10.0.0.2)', true, { 'fd.sip': '10.0.0.2' }],
  ['fd.sip != allof (10.0.0.1, 10.0.0.2)', false, { 'fd.sip': '10.0.0.2' }],
  ['fd.sip != allof (10.0.0.1, ::1)', true, { 'fd.sip': '10.0.0.2' }],
  ['fd.snet = oneof (10.0.0.0/8, 10.1.0.0/16)', false, { 'fd.snet': '10.1.2.3' }],
  ['fd.snet = oneof (10.0.0.0/8, 10.1.0.0/16)', true, { 'fd.snet': '10.2.2.3' }],
  ['evt.buffer contains anyof (GET, PUT)', true, { 'evt.buffer': '505554' }],
  ['evt.buffer bcontains anyof (dead, beef)', true, { 'evt.buffer': '00beef' }],
  ['evt.buffer bcontains allof (dead, beef)', false, { 'evt.buffer': '00beef' }],
  ['evt.buffer bcontains allof (dead, beef)', true, { 'evt.buffer': 'deadbeef' }],
  ['evt.buffer bstartswith oneof (de, dead)', false, { 'evt.buffer': 'deadbeef' }],
  ['evt.buffer bstartswith oneof (de, be)', true, { 'evt.buffer': 'deadbeef' }],
  ['tolower(proc.name) = anyof (cat, dog)', true, { 'proc.name': 'CAT' }],
  ['len(proc.name) = anyof (2, 3)', true, { 'proc.name': 'cat' }],
  ['evt.type = anyof (open, openat)', true, { 'evt.type': 'openat' }]
])

rejected('list modifiers follow only operators that compare with one constant, and take a list', [
  'proc.pid < oneof (1)',
  'proc.pid <= anyof (1)',
  'proc.pid > allof (1)',
  'proc.pid >= oneof (1)',
  'proc.name < anyof (a)',
  'proc.name in oneof (a)',
  'proc.name intersects anyof (a)',
  'fd.name pmatch allof (/a)',
  'proc.name exists oneof (a)',
  'proc.name = oneof (a',
  'proc.name = oneof (a,)',
  'proc.name = oneof (a b)',
  'proc.name = oneof (a) b',
  'proc.name = oneof oneof (a)',
  'proc.name = noneof (a)',
  'proc.name = ONEOF (a)',
  'proc.name oneof (a)',
  'proc.name = (a)',
  'proc.pid = oneof (1, a)',
  'proc.name regex anyof ("a(", b)',
  'evt.buffer bcontains anyof (dead, zz)',
  'evt.type = anyof (open, opeen)',
  'fd.sip = anyof (10.0.0.1, 10.0.0)'
])
