import { rejected, table } from './table.ts'

/** `GET /index`, in hexadecimal digits. */
const get = { 'evt.buffer': '474554202f696e646578' }
const binary = { 'evt.buffer': '00cafebabe0034ff' }

table('bcontains seeks bytes, given as hexadecimal digits', binary, [
  ['evt.buffer bcontains cafebabe', true],
  ['evt.buffer bcontains CAFEBABE', true],
  ['evt.buffer bcontains cafeBABE', true],
  ['evt.buffer bcontains 00cafebabe0034ff', true],
  ['evt.buffer bcontains ff', true],
  ['evt.buffer bcontains 00', true],
  ['evt.buffer bcontains "cafe"', true],
  ['evt.buffer bcontains deadbeef', false],
  ['evt.buffer bcontains cafebabf', false],
  ['evt.buffer bcontains 00cafebabe0034ff00', false],
  // Bytes are sought, not digits: these stand across two of them.
  ['evt.buffer bcontains afeb', false],
  ['evt.buffer bcontains 0cafeb', true, { 'evt.buffer': '0cafeb' }],
  ['evt.buffer bcontains 0caf', false],
  ['evt.buffer bcontains 00', false, { 'evt.buffer': '' }],
  ['evt.buffer bcontains 474554', true, get]
])

table('bstartswith compares the first bytes', binary, [
  ['evt.buffer bstartswith 00', true],
  ['evt.buffer bstartswith 00ca', true],
  ['evt.buffer bstartswith 00CAFE', true],
  ['evt.buffer bstartswith 00cafebabe0034ff', true],
  ['evt.buffer bstartswith cafe', false],
  ['evt.buffer bstartswith 00cafebabe0034ffff', false],
  ['evt.buffer bstartswith 01', false],
  ['evt.buffer bstartswith 00', false, { 'evt.buffer': '' }],
  ['evt.buffer bstartswith 47455420', true, get]
])

table('the operators of text compare a buffer with the bytes of the text', get, [
  ['evt.buffer = "GET /index"', true],
  ['evt.buffer == "GET /index"', true],
  ['evt.buffer = "GET /"', false],
  ['evt.buffer = "GET /index "', false],
  ['evt.buffer = "get /index"', false],
  ['evt.buffer = 474554202f696e646578', false],
  ['evt.buffer != "GET /index"', false],
  ['evt.buffer != "GET /"', true],
  ['evt.buffer contains GET', true],
  ['evt.buffer contains "T /"', true],
  ['evt.buffer contains POST', false],
  ['evt.buffer contains get', false],
  ['evt.buffer contains 4745', false],
  ['evt.buffer contains ""', true],
  ['evt.buffer startswith GET', true],
  ['evt.buffer startswith ET', false],
  ['evt.buffer startswith ""', true],
  ['evt.buffer startswith "GET /index.html"', false],
  ['evt.buffer endswith index', true],
  ['evt.buffer endswith "/index"', true],
  ['evt.buffer endswith GET', false],
  ['evt.buffer endswith ""', true],
  ['evt.buffer exists', true]
])

table('bytes that are no text', binary, [
  ['evt.buffer contains "\\xca\\xfe"', true],
  ['evt.buffer contains "\\xba\\xbe"', true],
  ['evt.buffer endswith "4\\xff"', true],
  ['evt.buffer endswith "\\xff"', true],
  ['evt.buffer startswith "\\xca"', false],
  ['evt.buffer contains "Êþ"', false],
  ['evt.buffer contains ü', true, { 'evt.buffer': '61c3bc62' }],
  ['evt.buffer contains ü', false, { 'evt.buffer': '61fc62' }],
  ['evt.buffer contains a', true, { 'evt.buffer': '000061' }],
  ['evt.buffer endswith a', true, { 'evt.buffer': '000061' }],
  ['len(evt.buffer) = 8', true]
])

table('an empty buffer is a value', { 'evt.buffer': '' }, [
  ['evt.buffer exists', true],
  ['evt.buffer = ""', true],
  ['evt.buffer != ""', false],
  ['evt.buffer != a', true],
  ['evt.buffer contains ""', true],
  ['evt.buffer contains a', false],
  ['len(evt.buffer) = 0', true]
])

rejected('buffers take no operator that folds case, orders or matches patterns', [
  'evt.buffer icontains get',
  'evt.buffer glob G*',
  'evt.buffer iglob g*',
  'evt.buffer regex G.*',
  'evt.buffer pmatch (/index)',
  'evt.buffer < a',
  'evt.buffer <= 1',
  'evt.buffer > a',
  'evt.buffer >= 1'
])

rejected('bytes are pairs of hexadecimal digits', [
  'evt.buffer bcontains caf',
  'evt.buffer bcontains c',
  'evt.buffer bcontains zz',
  'evt.buffer bcontains 0g',
  'evt.buffer bcontains "ca fe"',
  'evt.buffer bcontains GET',
  'evt.buffer bstartswith 0',
  'evt.buffer bstartswith xy',
  'evt.buffer bcontains',
  'evt.buffer bcontains (cafe)',
  'proc.name bcontains 636174',
  'proc.name bstartswith 636174',
  'proc.pid bcontains 01',
  'fd.sip bcontains 0a'
])
