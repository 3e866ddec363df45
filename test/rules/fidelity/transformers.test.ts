import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOverFields } from '../../../rules/engine/condition.ts'
import { fieldEvent } from '../../../rules/engine/field-event.ts'
import { rejected, table } from './table.ts'

table('tolower and toupper change ASCII letters only', { 'proc.name': 'CaT5-ÄÖé' }, [
  ['tolower(proc.name) = cat5-ÄÖé', true],
  ['toupper(proc.name) = CAT5-ÄÖé', true],
  ['tolower(proc.name) = cat5-äöé', false],
  ['toupper(proc.name) = CAT5-ÄÖÉ', false],
  ['tolower(proc.name) = CaT5-ÄÖé', false],
  ['tolower(proc.name) != CaT5-ÄÖé', true],
  ['tolower(proc.name) startswith cat', true],
  ['tolower(proc.name) in (dog, cat5-ÄÖé)', true],
  ['toupper(proc.name) contains CAT', true],
  ['toupper(proc.name) glob CAT*', true],
  ['toupper(proc.name) regex "CAT[0-9].*"', true],
  ['tolower(proc.name) exists', true],
  ['tolower(proc.name) = ""', true, { 'proc.name': '' }],
  ['toupper(tolower(proc.name)) = CAT5-ÄÖé', true],
  ['tolower(proc.name) = "a@[`{z"', true, { 'proc.name': 'A@[`{Z' }],
  ['toupper(proc.name) = "A@[`{Z"', true, { 'proc.name': 'a@[`{z' }]
])

table('b64 decodes, with padding or without', {}, [
  ['b64(proc.name) = hello', true, { 'proc.name': 'aGVsbG8=' }],
  ['b64(proc.name) = hello', true, { 'proc.name': 'aGVsbG8' }],
  ['b64(proc.name) = a', true, { 'proc.name': 'YQ==' }],
  ['b64(proc.name) = a', true, { 'proc.name': 'YQ' }],
  ['b64(proc.name) = ab', true, { 'proc.name': 'YWI=' }],
  ['b64(proc.name) = abc', true, { 'proc.name': 'YWJj' }],
  ['b64(proc.name) = "??>"', true, { 'proc.name': 'Pz8+' }],
  ['b64(proc.name) = "???"', true, { 'proc.name': 'Pz8/' }],
  ['b64(proc.name) = grüße', true, { 'proc.name': 'Z3LDvMOfZQ==' }],
  ['b64(proc.name) = "aGVsbG8="', true, { 'proc.name': 'YUdWc2JHOD0=' }],
  ['b64(proc.name) contains ell', true, { 'proc.name': 'aGVsbG8=' }],
  ['b64(proc.name) = Hello', false, { 'proc.name': 'aGVsbG8=' }],
  ['b64(b64(proc.name)) = hello', true, { 'proc.name': 'YUdWc2JHOD0=' }],
  ['len(b64(proc.name)) = 5', true, { 'proc.name': 'aGVsbG8=' }]
])

table('what is no base64 is missing', {}, [
  ['b64(proc.name) exists', false, { 'proc.name': 'a*b*' }],
  ['b64(proc.name) != x', false, { 'proc.name': 'a*b*' }],
  ['not b64(proc.name) = x', true, { 'proc.name': 'a*b*' }],
  ['b64(proc.name) exists', false, { 'proc.name': '!!!!' }],
  ['b64(proc.name) exists', false, { 'proc.name': 'Y' }],
  ['b64(proc.name) exists', false, { 'proc.name': 'YWJjY' }],
  ['b64(proc.name) exists', false, { 'proc.name': 'grüß' }],
  ['len(b64(proc.name)) >= 0', false, { 'proc.name': '!!!!' }]
])

test('text that seems to end in padding for ever is no base64 either, and soon told', () => {
  const holds = conditionOverFields('b64(proc.name) exists')
  assert.ok(!holds(fieldEvent({ fields: { 'proc.name': `${'='.repeat(400_000)}x` } })))
})

table('basename is what follows the last slash', {}, [
  ['basename(proc.exepath) = cat', true, { 'proc.exepath': '/usr/bin/cat' }],
  ['basename(proc.exepath) = usr', false, { 'proc.exepath': '/usr/bin/cat' }],
  ['basename(proc.exepath) = ""', true, { 'proc.exepath': '/usr/bin/' }],
  ['basename(proc.exepath) = bin', false, { 'proc.exepath': '/usr/bin/' }],
  ['basename(proc.exepath) exists', true, { 'proc.exepath': '/usr/bin/' }],
  ['basename(proc.exepath) = cat', true, { 'proc.exepath': 'cat' }],
  ['basename(proc.exepath) = cat', true, { 'proc.exepath': '/cat' }],
  ['basename(proc.exepath) = cat', true, { 'proc.exepath': './cat' }],
  ['basename(proc.exepath) = cat', true, { 'proc.exepath': '//cat' }],
  ['basename(proc.exepath) = ""', true, { 'proc.exepath': '/' }],
  ['basename(proc.exepath) = ""', true, { 'proc.exepath': '' }],
  ['basename(proc.exepath) = .', true, { 'proc.exepath': '/usr/.' }],
  ['basename(proc.exepath) in (cat, dog)', true, { 'proc.exepath': '/bin/dog' }],
  ['toupper(basename(proc.exepath)) = CAT', true, { 'proc.exepath': '/usr/bin/cat' }],
  ['basename(toupper(proc.exepath)) = CAT', true, { 'proc.exepath': '/usr/bin/cat' }],
  ['len(basename(proc.exepath)) = 3', true, { 'proc.exepath': '/usr/bin/cat' }]
])

table('len counts bytes, and is a number', { 'proc.name': 'cat' }, [
  ['len(proc.name) = 3', true],
  ['len(proc.name) == 3', true],
  ['len(proc.name) = 0x3', true],
  ['len(proc.name) != 3', false],
  ['len(proc.name) > 2', true],
  ['len(proc.name) > 3', false],
  ['len(proc.name) >= 3', true],
  ['len(proc.name) < 10', true],
  ['len(proc.name) <= 2', false],
  ['len(proc.name) in (1, 3)', true],
  ['len(proc.name) in (1, 2)', false],
  ['len(proc.name) exists', true],
  ['len(proc.name) = 0', true, { 'proc.name': '' }],
  ['len(proc.name) = 2', true, { 'proc.name': 'ü' }],
  ['len(proc.name) = 3', true, { 'proc.name': '日' }],
  ['len(proc.name) = 10', true, { 'proc.name': 'abcdefghij' }],
  ['len(evt.buffer) = 3', true, { 'evt.buffer': '00ff00' }],
  ['len(evt.buffer) = 6', false, { 'evt.buffer': '00ff00' }]
])

const parts = { 'proc.name': 'sh', 'proc.pname': 'sshd' }

table('concat puts fields and literals together', parts, [
  ['concat(proc.name, ":", proc.pname) = "sh:sshd"', true],
  ['concat(proc.name, ":", proc.pname) = sh:sshd', true],
  ['concat(proc.name, proc.pname) = shsshd', true],
  ['concat(proc.pname, proc.name) = shsshd', false],
  ['concat("a", proc.name) = ash', true],
  ['concat(proc.name, "") = sh', true],
  ['concat(proc.name, " ", proc.pname) = "sh sshd"', true],
  ['concat(proc.name, "\\n", proc.pname) = "sh\\nsshd"', true],
  ['concat(proc.name, ":", proc.name, ":", proc.name) = sh:sh:sh', true],
  ["concat(proc.name, ':', proc.pname) = sh:sshd", true],
  ['concat(toupper(proc.name), ":", proc.pname) = SH:sshd', true],
  ['toupper(concat(proc.name, ":", proc.pname)) = SH:SSHD', true],
  ['concat(proc.name, ":", proc.pname) startswith sh:', true],
  ['concat(proc.name, ":", proc.pname) in (a:b, sh:sshd)', true],
  ['len(concat(proc.name, proc.pname)) = 6', true],
  ['concat(proc.name, proc.pname) = ""', true, { 'proc.name': '', 'proc.pname': '' }]
])

table('join puts a separator between the parts', parts, [
  ['join(",", (proc.name, proc.pname)) = "sh,sshd"', true],
  ['join(", ", (proc.name, proc.pname)) = "sh, sshd"', true],
  ['join("", (proc.name, proc.pname)) = shsshd', true],
  ['join(",", (proc.pname, proc.name)) = "sh,sshd"', false],
  ['join(",", (proc.name)) = sh', true],
  ['join(",", (proc.name, proc.name, proc.name)) = "sh,sh,sh"', true],
  ['join(",", (toupper(proc.name), proc.pname)) = "SH,sshd"', true],
  ['toupper(join("-", (proc.name, proc.pname))) = SH-SSHD', true],
  ['join("/", (proc.name, proc.pname)) contains /', true],
  ['join(",", (proc.name, proc.pname)) = ","', true, { 'proc.name': '', 'proc.pname': '' }],
  ['len(join(",", (proc.name, proc.pname))) = 7', true]
])

table(
  'join takes a list-valued field',
  { 'internal.reasons': ['a', 'b', 'c'] },
  [
    ['join(",", internal.reasons) = "a,b,c"', true],
    ['join("", internal.reasons) = abc', true],
    ['join(",", internal.reasons) = a', true, { 'internal.reasons': ['a'] }],
    ['join(",", internal.reasons) startswith "a,"', false, { 'internal.reasons': ['a'] }],
    ['join(",", internal.reasons) contains "b,c"', true],
    ['join(",", internal.reasons) exists', false, { 'internal.reasons': null }]
  ],
  'internal'
)

rejected('transformers take what they fit', [
  'tolower(proc.pid) = 1',
  'toupper(fd.sip) = 1',
  'basename(proc.pid) = 1',
  'b64(proc.pid) = 1',
  'len(proc.pid) = 1',
  'len(evt.is_open_write) = 1',
  'tolower(evt.buffer) = a',
  'basename(evt.buffer) = a',
  'tolower(len(proc.name)) = 3',
  'len(len(proc.name)) = 1',
  'len(proc.name) = abc',
  'len(proc.name) = ""',
  'len(proc.name) = -1',
  'len(proc.name) contains 3',
  'len(proc.name) startswith 3',
  'len(proc.name) glob 3',
  'len(proc.name) pmatch (/a)',
  'tolower(proc.name) bcontains 61'
])

rejected('transformers are written as name, parenthesis, arguments', [
  'tolower(proc.name)',
  'tolower(proc.name = a',
  'tolower(proc.name) =',
  'tolower() = a',
  'tolower(proc.name, proc.pname) = a',
  'tolower proc.name = a',
  'tolower(nosuch) = a',
  'tolower(proc.nosuch) = a',
  'tolower(proc.name = a)',
  'lower(proc.name) = a',
  'ToLower(proc.name) = a',
  'trim(proc.name) = a',
  'len(proc.name,) = 3',
  'join(",") = a',
  'concat() = a',
  'getopt(proc.args) = a',
  'val(proc.name) = a'
])
