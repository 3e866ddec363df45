/** The constants and fields that random conditions are made of, how they are written, and the events that have them. */

import type { Random } from '../support.ts'
import type { Fields } from './table.ts'

export interface Words {
  readonly textFields: readonly string[]
  readonly numbers: Readonly<Record<'small' | 'signed' | 'unsigned', readonly string[]>>
  readonly addresses: readonly string[]
  readonly networks: readonly string[]
  readonly types: readonly string[]
  /** Tests of other kinds. */
  readonly more: readonly ((random: Random) => string)[]
  /** The constants that an operator on text or buffers may have. */
  forOperator(operator: string): readonly string[]
  /** A constant as rule text writes it. */
  written(random: Random, text: string): string
}

const texts = [
  '',
  'a',
  'b',
  'ab',
  'ba',
  'A',
  'aB',
  'ü',
  'aü',
  'a b',
  'a/b',
  '/etc',
  '/etc/passwd',
  '/etc/x/y',
  '*',
  '[a]',
  'YWI=',
  'YQ'
]
const small = ['0', '1', '2', '3', '5', '443', '0x2', '65535']
const signed = [
  ...small,
  '-1',
  '-2',
  '9007199254740992',
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775808'
]
const unsigned = [...small, '9007199254740993', '18446744073709551614', '18446744073709551615', '1767323045123456789']
const addresses = ['10.0.0.1', '10.0.0.2', '192.168.1.1', '0.0.0.0', '::1', '::', '2001:db8::1', '2001:db8:0::0:1']
const networks = [
  '10.0.0.0/8',
  '10.0.0.1/32',
  '0.0.0.0/0',
  '10.0.0.2/31',
  '192.168.0.0/16',
  '::/0',
  '2001:db8::/32',
  '::1/128'
]
const patterns = [
  '*',
  '**',
  'a*',
  '*b',
  '?',
  '?*',
  '[ab]*',
  '[!a]',
  '[^b]?',
  '/etc/*',
  '*/x/*',
  '[[:alpha:]]',
  'a',
  '',
  '[a',
  '*[/]*',
  '\\*',
  '??'
]
const expressions = [
  '.*',
  'a+',
  '[ab]*',
  '(a|b)+',
  'a|ab',
  '[[:alpha:]]+',
  '/etc(/.*)?',
  'a{1,2}',
  '',
  '[^a]*',
  'a?b?',
  '[A-Z]+'
]
const paths = ['/', '/etc', '/etc/', '/etc/*', '/e*/passwd', '/etc/x', '/a', '/*/x', '/etc/pass*', '/[a-f]tc']
const bytes = ['00', 'ff', '61', '6162', 'C3bc', 'deadbeef']

export const vocabulary: Words = {
  textFields: [
    'proc.name',
    'proc.pname',
    'proc.exepath',
    'fd.name',
    'evt.arg.flags',
    'proc.aname[2]',
    'container.label[app]'
  ],
  numbers: { small, signed, unsigned },
  addresses,
  networks,
  types: ['file', 'ipv4', 'ipv6', 'pipe'],
  more: [],
  forOperator(operator) {
    const special: Readonly<Record<string, readonly string[]>> = {
      glob: patterns,
      iglob: patterns,
      regex: expressions,
      pmatch: paths,
      bcontains: bytes,
      bstartswith: bytes
    }
    return special[operator] ?? texts
  },
  written
}

const oddTexts = [
  '"',
  "'",
  '\\',
  'a"b',
  "it's",
  '\\\\',
  '\n',
  '\t\r',
  '\b\f',
  '\x00',
  '\x01\x7f',
  '\u0085',
  'grüße',
  '日本',
  '😀',
  'a=b',
  '(x)',
  ',',
  'and',
  'not',
  'val',
  'oneof',
  'tolower',
  '\\x41',
  '\\n',
  ' ',
  '<',
  '!',
  '[',
  ']',
  '\u00a0',
  '\u2028',
  '\u202e',
  '\ufeff'
]
const oddArguments = ['a b', "it's", 'a"b', 'x]y', '[', '\\', 'ü', '/proc*', 'a=b', '(', '"', '\n']

/** Constants of any kind: conditions with them parse, and most do not compile. */
export const odd: Words = {
  ...vocabulary,
  numbers: { small: [...small, ...oddTexts], signed, unsigned },
  addresses: [...addresses, ...oddTexts],
  more: [
    random => random.pick(['spawned_process', 'a', 'in_container1', 'notable', 'order']),
    random => `container.label[${quoted(random, random.pick(oddArguments))}] exists`,
    random => `proc.env[${quoted(random, random.pick(oddArguments))}] = ${written(random, random.pick(oddTexts))}`,
    random =>
      `proc.name = "${random.pick(['\\xff', '\\xc3', 'a\\x80b', '\\xed\\xa0\\x80', '\\x00', '\\xc3\\xbc\\xff'])}"`
  ],
  forOperator: () => [...texts, ...oddTexts, ...patterns]
}

function written(random: Random, text: string): string {
  const isWord = /^[^()"' \t-\r=,]+$/.test(text) && !/^(val|tolower|oneof)$/.test(text)
  return isWord && random.below(3) > 0 ? text : quoted(random, text)
}

function quoted(random: Random, text: string): string {
  const quote = random.pick(['"', "'"])
  const characters = [...text].map(character => {
    if (random.below(12) === 0) return inHex(character)
    return character === quote || character === '\\' ? `\\${character}` : character
  })
  return quote + characters.join('') + quote
}

function inHex(character: string): string {
  return [...Buffer.from(character, 'utf8')].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}

/** An event with some of the fields of the vocabulary. */
export function randomFields(random: Random): Fields {
  const options = ['', '-a', '-b x', '-ab', '-abx -c', '-c -- -a', 'x', '-b -a file', '-ac', '-a -b a/b', '--']
  const text = () => random.pick(texts)
  const address = () => random.pick(addresses)
  const number = (range: keyof Words['numbers']) => () => readable(random.pick(vocabulary.numbers[range]))
  const ends = (of: () => unknown) => () => (random.below(3) === 0 ? of() : [of(), of()])
  const makers: Readonly<Record<string, () => unknown>> = {
    ...Object.fromEntries(vocabulary.textFields.map(field => [field, text])),
    'proc.args': () => random.pick(options),
    'proc.aname': () => Array.from({ length: random.below(4) }, text),
    'proc.apid': () => Array.from({ length: random.below(4) }, number('small')),
    'fd.types': () => Array.from({ length: 1 + random.below(3) }, () => random.pick(vocabulary.types)),
    'evt.type': () => random.pick(['open', 'openat', 'connect', 'execve']),
    'proc.pid': number('signed'),
    'proc.ppid': number('signed'),
    'evt.rawres': number('signed'),
    'user.uid': number('small'),
    'fd.sport': number('small'),
    'evt.buflen': number('unsigned'),
    'evt.rawtime': number('unsigned'),
    'proc.duration': number('small'),
    'evt.is_open_write': () => random.below(2) === 0,
    'evt.is_open_read': () => random.below(2) === 0,
    'fd.sip': address,
    'fd.cip': address,
    'fd.snet': address,
    'fd.ip': ends(address),
    'fd.net': ends(address),
    'fd.port': ends(number('small')),
    'evt.buffer': () => random.pick(['', '00', '61', '6162', '61c3bc', 'deadbeef', '00ff', '2f657463'])
  }
  const given = Object.entries(makers).filter(() => random.below(4) > 0)
  return Object.fromEntries(given.map(([field, make]) => [field, random.below(20) === 0 ? null : make()]))
}

/** A number as an event gives it: as text where JSON would not keep all of its digits. */
function readable(constant: string): string | number {
  const number = Number(constant)
  return Number.isSafeInteger(number) ? number : constant
}
