import { rejected, table } from './table.ts'

table('text is equal byte by byte', { 'proc.name': 'cat' }, [
  ['proc.name = cat', true],
  ['proc.name == cat', true],
  ['proc.name = "cat"', true],
  ["proc.name = 'cat'", true],
  ['proc.name = Cat', false],
  ['proc.name = ca', false],
  ['proc.name = cats', false],
  ['proc.name = " cat"', false],
  ['proc.name = "cat "', false],
  ['proc.name = ""', false],
  ['proc.name != cat', false],
  ['proc.name != ca', true],
  ['proc.name != cats', true],
  ['proc.name != CAT', true],
  ['proc.name != ""', true],
  ['proc.name = ""', true, { 'proc.name': '' }],
  ['proc.name != ""', false, { 'proc.name': '' }],
  ['proc.name = cat', false, { 'proc.name': '' }],
  ['proc.name = cat', false, { 'proc.name': 'cat\n' }],
  ['proc.name = 5', true, { 'proc.name': '5' }],
  ['proc.name = 5', false, { 'proc.name': '05' }],
  ['proc.name = 0x5', false, { 'proc.name': '5' }],
  ['proc.name = true', true, { 'proc.name': 'true' }],
  ['proc.name = <NA>', true, { 'proc.name': '<NA>' }]
])

table('text beyond ASCII is compared as its bytes of UTF-8', { 'proc.name': 'grüße' }, [
  ['proc.name = grüße', true],
  ['proc.name = "gr\\xc3\\xbc\\xc3\\x9fe"', true],
  ['proc.name = grusse', false],
  ['proc.name = GRÜSSE', false],
  ['proc.name = gru\u0308ße', false],
  ['proc.name contains ü', true],
  ['proc.name contains "\\xc3"', true],
  ['proc.name startswith "gr\\xc3"', true],
  ['proc.name endswith "\\x9fe"', true],
  ['len(proc.name) = 7', true],
  ['len(proc.name) = 5', false],
  ['proc.name = 日本', true, { 'proc.name': '日本' }],
  ['proc.name startswith 日', true, { 'proc.name': '日本' }],
  ['proc.name = "😀"', true, { 'proc.name': '😀' }],
  ['len(proc.name) = 4', true, { 'proc.name': '😀' }]
])

table('text is ordered as strcmp orders it', { 'proc.name': 'm' }, [
  ['proc.name < n', true],
  ['proc.name < m', false],
  ['proc.name < l', false],
  ['proc.name <= m', true],
  ['proc.name <= l', false],
  ['proc.name > l', true],
  ['proc.name > m', false],
  ['proc.name > n', false],
  ['proc.name >= m', true],
  ['proc.name >= n', false],
  ['proc.name > M', true],
  ['proc.name < ma', true],
  ['proc.name > ""', true],
  ['proc.name >= ""', true, { 'proc.name': '' }],
  ['proc.name > ""', false, { 'proc.name': '' }],
  ['proc.name < a', true, { 'proc.name': '' }]
])

table('digits in a text are ordered as text, not as a number', { 'proc.name': '10' }, [
  ['proc.name < 9', true],
  ['proc.name > 9', false],
  ['proc.name < 2', true],
  ['proc.name > 1', true],
  ['proc.name >= 10', true],
  ['proc.name <= 10', true],
  ['proc.name < 100', true],
  ['proc.name > 0x1', true]
])

table('bytes above ASCII are ordered as unsigned', { 'proc.name': 'ü' }, [
  ['proc.name > z', true],
  ['proc.name < z', false],
  ['proc.name > "~"', true],
  ['proc.name < "\\xff"', true],
  ['proc.name > "\\xc2"', true],
  ['proc.name > ä', true],
  ['proc.name < 日', true]
])

rejected('text takes no operator of byte buffers, and none that does not exist', [
  'proc.name bcontains 636174',
  'proc.name bstartswith 636174',
  'proc.name like cat',
  'proc.name === cat',
  'proc.name ~ cat',
  'proc.name <> cat',
  'proc.name => cat',
  'proc.name ! cat',
  'proc.name matches cat',
  'proc.name CONTAINS cat',
  'proc.name In (cat)',
  'proc.name not in (cat)',
  'proc.name is cat'
])
