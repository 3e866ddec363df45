import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { TercelError } from '../../base/errors.ts'
import { loadConfig } from '../../config/load.ts'
import { load, problemsOf } from './helpers.ts'

const defaultDelivery = { start: 'now', lingerMs: 0, concurrency: 1, timeoutMs: 30_000, backlog: { onFull: 'shed' } }

test('a file with nothing but an output gets every default', async () => {
  assert.deepEqual(await load('outputs: [{ type: drum }]'), {
    file: '/etc/tercel/tercel.yaml',
    baseDirectory: '/etc/tercel',
    sensor: { enabled: true, socket: '/run/tercel/reader.sock', processes: 65_536 },
    rules: {
      files: ['/opt/tercel/rules/tercel_rules.yaml'],
      lists: {},
      matching: 'first',
      switches: [],
      rateLimits: [],
      appendOutput: []
    },
    spool: { directory: '/var/lib/tercel/spool', maxBytes: 2 ** 30 },
    outputs: [{ name: 'drum', type: 'drum', settings: {}, delivery: defaultDelivery }],
    server: {
      enabled: true,
      listen: { host: '127.0.0.1', port: 2802 },
      token: undefined,
      socket: '/var/lib/tercel/spool/control.sock',
      outputFailingSeconds: 300
    },
    presets: [],
    user: undefined,
    shutdownSeconds: 10,
    log: { level: 'info' },
    secrets: []
  })
})

test('everything that is written is taken', async () => {
  const config = await load(`
sensor: { enabled: false, socket: sock, processes: 2048 }
rules:
  files: [mine.yaml, /srv/rules.yaml]
  lists: { kubernetes_api_server_addresses: [10.96.0.1], ports: [80, 443] }
  rule_matching: all
spool: { directory: ../spool, max_bytes: 512MiB }
outputs:
  - { name: first, type: bugle, url: "https://example.com/", urgent: true }
  - { name: second, type: drum }
server:
  enabled: false
  listen: "[::1]:9000"
  token: 0123456789abcdef
  socket: ../control
  output_failing_seconds: 60
user: tercel
shutdown_seconds: 2.5
log: { level: debug }
`)
  assert.deepEqual(config, {
    file: '/etc/tercel/tercel.yaml',
    baseDirectory: '/etc/tercel',
    sensor: { enabled: false, socket: '/etc/tercel/sock', processes: 2048 },
    rules: {
      files: ['/etc/tercel/mine.yaml', '/srv/rules.yaml'],
      lists: { kubernetes_api_server_addresses: ['10.96.0.1'], ports: ['80', '443'] },
      matching: 'all',
      switches: [],
      rateLimits: [],
      appendOutput: []
    },
    spool: { directory: '/etc/spool', maxBytes: 512 * 2 ** 20 },
    outputs: [
      {
        name: 'first',
        type: 'bugle',
        settings: { url: 'https://example.com/', urgent: true, format: 'text' },
        delivery: defaultDelivery
      },
      { name: 'second', type: 'drum', settings: {}, delivery: defaultDelivery }
    ],
    server: {
      enabled: false,
      listen: { host: '::1', port: 9000 },
      token: '0123456789abcdef',
      socket: '/etc/control',
      outputFailingSeconds: 60
    },
    presets: [],
    user: 'tercel',
    shutdownSeconds: 2.5,
    log: { level: 'debug' },
    secrets: ['0123456789abcdef']
  })
  assert.deepEqual(structuredClone(config), config, 'threads can exchange it')
})

test('a section of which every line is commented out is as if it were absent', async () => {
  const config = await load('log:\n  # level: debug\noutputs: [{ type: drum }]')
  assert.equal(config.log.level, 'info')
})

test('anchors and aliases repeat a value', async () => {
  const config = await load(
    'outputs: [{ name: &n left, type: drum }, { name: right, type: bugle, url: "http://x/", key: *n }]'
  )
  assert.equal(config.outputs[1]?.settings.key, 'left')
})

test('how an output is served is read in its units', async () => {
  const [bugle] = (
    await load(`
outputs:
  - type: bugle
    url: "http://x/"
    when: alert.priority >= warning
    throttle: { key: [alert.rule, container.id], window_seconds: 90 }
    start: oldest
    linger_seconds: 0.5
    concurrency: 8
    timeout_seconds: 1.5
    rate_limit: { per_second: 2.5 }
    backlog: { max_bytes: 64MiB, max_age_seconds: 3600, on_full: block }
`)
  ).outputs
  assert.deepEqual(bugle?.settings, { url: 'http://x/', format: 'text' })
  const at = (line: number, column: number) => ({ file: '/etc/tercel/tercel.yaml', line, column })
  assert.deepEqual(bugle?.delivery, {
    when: { text: 'alert.priority >= warning', key: 'outputs[0].when', place: at(5, 11) },
    throttle: {
      key: [
        { text: 'alert.rule', key: 'outputs[0].throttle.key[0]', place: at(6, 23) },
        { text: 'container.id', key: 'outputs[0].throttle.key[1]', place: at(6, 35) }
      ],
      windowMs: 90_000
    },
    start: 'oldest',
    lingerMs: 500,
    concurrency: 8,
    timeoutMs: 1_500,
    rateLimit: { perSecond: 2.5, burst: 3 },
    backlog: { maxBytes: 64 * 2 ** 20, maxAgeMs: 3_600_000, onFull: 'block' }
  })
})

const types = 'expected one of bugle, drum'
const keys = 'expected one of sensor, rules, spool, outputs, server, presets, user, shutdown_seconds, log'
const ok = 'outputs: [{ type: drum }]\n'

const bad: readonly [name: string, text: string, ...problems: string[]][] = [
  ['an empty file', '', '1:1: the file is empty: expected a mapping with at least the key outputs'],
  ['a file of comments', '# a\n', '1:1: the file is empty: expected a mapping with at least the key outputs'],
  ['a list', '- a', '1:1: expected a mapping'],
  ['a text', 'hello', '1:1: expected a mapping'],
  ['no outputs', 'log: {}', '1:1: missing key outputs'],
  ['outputs without an entry', 'outputs: []', '1:10: outputs: expected at least 1 item'],
  ['a misspelt section', `${ok}sensr: {}`, `2:1: unknown key sensr: ${keys}; did you mean sensor?`],
  ['a name like nothing', `${ok}zzz: 1`, `2:1: unknown key zzz: ${keys}`],
  [
    'a misspelt nested key',
    `${ok}spool:\n  max_byte: 1GiB`,
    '3:3: unknown key max_byte: expected one of directory, max_bytes; did you mean max_bytes?'
  ],
  [
    'a misspelt value',
    `${ok}log:\n  level: wran`,
    '3:10: log.level: expected one of debug, info, warn, error, not the text "wran"; did you mean warn?'
  ],
  [
    'a text for a number',
    `${ok}shutdown_seconds: ten`,
    '2:19: shutdown_seconds: expected a number, not the text "ten"'
  ],
  ['a number out of bounds', `${ok}sensor: { processes: 5 }`, '2:22: sensor.processes: expected at least 1024, not 5'],
  [
    'a fraction for a whole',
    `${ok}sensor: { processes: 5000.5 }`,
    '2:22: sensor.processes: expected a whole number, not 5000.5'
  ],
  ['infinity', `${ok}shutdown_seconds: .inf`, '2:19: shutdown_seconds: expected a number, not Infinity'],
  ['yes for true', `${ok}sensor: { enabled: yes }`, '2:20: sensor.enabled: expected true or false, not the text "yes"'],
  ['a list for a section', `${ok}rules: [a.yaml]`, '2:8: rules: expected a mapping, not a list'],
  ['a text for a list', `${ok}rules:\n  files: a.yaml`, '3:10: rules.files: expected a list, not the text "a.yaml"'],
  ['a size of no unit', `${ok}spool: { max_bytes: 5 parsec }`, '2:21: spool.max_bytes: expected a size such as 512MiB'],
  ['a size too small', `${ok}spool: { max_bytes: 15MiB }`, '2:21: spool.max_bytes: expected at least 16777216 bytes'],
  ['a number too small', `${ok}spool: { max_bytes: 5 }`, '2:21: spool.max_bytes: expected at least 16777216, not 5'],
  ['a user that is none', `${ok}user: "a b"`, '2:7: user: expected the name of a user'],
  [
    'a long socket path',
    `${ok}sensor: { socket: /${'x'.repeat(107)} }`,
    '2:19: sensor.socket: expected a path of at most 107 bytes'
  ],
  ...['2802', 'localhost', '::1:2802', '[127.0.0.1]:2802', '127.0.0.1:65536', '127.0.0.1:', 'a b:1'].map(
    (address): [string, string, string] => [
      `to listen on ${address}`,
      `${ok}server: { listen: "${address}" }`,
      '2:19: server.listen: expected a host and a port, such as 127.0.0.1:2802 or [::1]:2802'
    ]
  ),
  ...['0123456789abcde', '0123456789 abcdef', '=0123456789abcdef', 'x'.repeat(513)].map(
    (token): [string, string, string] => [
      `${token} as token, and does not repeat it`,
      `${ok}server: { token: "${token}" }`,
      '2:18: server.token: expected a token of 16 to 512 letters, digits and -._~+/='
    ]
  ),
  [
    'a spool whose folder leaves no room for the control socket',
    `${ok}spool: { directory: /${'x'.repeat(94)} }`,
    '2:21: spool.directory: the path of the control socket in it has 108 bytes, and a Unix socket takes 107: set server.socket to a shorter one'
  ],
  [
    'a control socket whose whole path is too long',
    `${ok}server: { socket: ${'x'.repeat(97)} }`,
    '2:19: server.socket: the whole path has 109 bytes, and a Unix socket takes 107: choose a shorter one'
  ],
  [
    'an unknown output',
    'outputs:\n  - type: bugel',
    `2:11: outputs[0].type: unknown output bugel: ${types}; did you mean bugle?`
  ],
  [
    'an output that is a built-in name',
    'outputs: [{ type: constructor }]',
    `1:19: outputs[0].type: unknown output constructor: ${types}`
  ],
  [
    'an output without a type',
    'outputs: [{ typ: drum }]',
    '1:11: outputs[0]: missing key type; is typ meant to be type?'
  ],
  ['an output that is a word', 'outputs: [drum]', '1:11: outputs[0]: expected a mapping, not the text "drum"'],
  ['an output whose key is missing', 'outputs:\n  - type: bugle', '2:5: outputs[0]: missing key url'],
  [
    'a misspelt key of an output',
    'outputs:\n  - type: bugle\n    url: http://x/\n    formt: json',
    '4:5: unknown key formt: expected one of url, format, port, urgent, key, name, type, when, throttle, start, concurrency, linger_seconds, timeout_seconds, rate_limit, backlog; did you mean format?'
  ],
  [
    'a URL that is none',
    'outputs: [{ type: bugle, url: nowhere }]',
    '1:31: outputs[0].url: expected text that matches ^[a-z]+:'
  ],
  [
    'a value that fits neither form',
    'outputs: [{ type: bugle, url: "http://x/", key: 5 }]',
    '1:49: outputs[0].key: expected text or a list, not 5'
  ],
  [
    'a value that nearly fits a form',
    'outputs: [{ type: bugle, url: "http://x/", key: [a, 5] }]',
    '1:53: outputs[0].key[1]: expected text, not 5'
  ],
  [
    'two outputs of one name',
    'outputs:\n  - type: drum\n  - name: drum\n    type: bugle\n    url: http://x/',
    '3:11: outputs[1].name: two outputs are named drum: give this one a name of its own'
  ],
  [
    'a name with a newline',
    'outputs: [{ name: "a\\nb", type: drum }]',
    '1:19: outputs[0].name: expected a name of up to 63 letters, digits, dots, dashes and underscores'
  ],
  [
    'more sends than the output can serve',
    'outputs: [{ type: bugle, url: "http://x/", concurrency: 9 }]',
    '1:57: outputs[0].concurrency: expected at most 8 for an output of type bugle, not 9'
  ],
  ['no sends', 'outputs: [{ type: drum, concurrency: 0 }]', '1:38: outputs[0].concurrency: expected at least 1, not 0'],
  [
    'a rate without its number',
    'outputs: [{ type: drum, rate_limit: { burst: 5 } }]',
    '1:37: outputs[0].rate_limit: missing key per_second'
  ],
  [
    'a rate of nothing',
    'outputs: [{ type: drum, rate_limit: { per_second: 0 } }]',
    '1:51: outputs[0].rate_limit.per_second: expected at least 0.001, not 0'
  ],
  [
    'a backlog that holds no alert',
    'outputs: [{ type: drum, backlog: { max_bytes: 1KiB } }]',
    '1:47: outputs[0].backlog.max_bytes: expected at least 1048576 bytes'
  ],
  [
    'a word that on_full does not know',
    'outputs: [{ type: drum, backlog: { on_full: drop } }]',
    '1:45: outputs[0].backlog.on_full: expected one of shed, block, not the text "drop"'
  ],
  ['a key of a prototype', `${ok}__proto__: {}`, `2:1: unknown key __proto__: ${keys}`],
  ['a key with a line break', `${ok}"a\\nb": 1`, `2:1: unknown key "a\\nb": ${keys}`],
  ['a merge key', `${ok}<<: { a: 1 }`, `2:1: unknown key "<<": ${keys}`],
  ['a key twice', `${ok}log: {}\nlog: { level: debug }`, '3:1: the key log stands twice'],
  [
    'a key twice and another problem',
    `${ok}log: {}\nlog: {}\nusr: a`,
    '3:1: the key log stands twice',
    `4:1: unknown key usr: ${keys}; did you mean user?`
  ],
  ['a list as key', '? [a]\n: b', '1:3: expected a plain word as key'],
  ['a tab', '\toutputs: []', '1:1: Tabs are not allowed as indentation'],
  ['an open quote', 'outputs: "a', '1:12: Missing closing "quote'],
  ['a second document', `${ok}---\na: 1`, '2:1: a second YAML document starts here; one file holds one configuration'],
  ['a tag', 'outputs: !!js/function x', '1:10: Unresolved tag: tag:yaml.org,2002:js/function'],
  ['an alias to nothing', 'outputs: *x', '1:10: no anchor is named x'],
  ['an alias to what contains it', 'outputs: &a [*a]', '1:13: an alias refers to what contains it'],
  ['absurd nesting', '['.repeat(50_000), '1:1: nested too deeply'],
  [
    'many problems',
    'outputs:\n  - type: bugel\n  - type: drum\n    x: 1\nlog: { level: 5 }\n',
    `2:11: outputs[0].type: unknown output bugel: ${types}; did you mean bugle?`,
    '4:5: unknown key x: expected one of name, type, when, throttle, start, concurrency, linger_seconds, timeout_seconds, rate_limit, backlog',
    '5:15: log.level: expected text, not 5'
  ]
]

describe('a wrong file is refused with place and hint:', () => {
  for (const [name, text, ...problems] of bad) {
    test(name, async () => {
      const found = await problemsOf(text)
      if (name === 'absurd nesting') assert.match(found.join(), /^1:\d+: nested too deeply$/)
      else assert.deepEqual(found, problems)
    })
  }
})

test('aliases that multiply are refused before they fill the memory', async () => {
  const levels = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`)
  const found = await problemsOf(`l0: &l0 [a]\n${levels.join('\n')}\n`)
  assert.match(found.join(), /^\d+:\d+: more than 100 aliases are used$/)
})

describe('bytes that are not UTF-8 are refused where they stand:', () => {
  const cases: readonly [string, number[], string][] = [
    ['latin1', [...Buffer.from('a: 1\nb: \u00fc', 'latin1')], '2:4: expected UTF-8 text'],
    ['behind a replacement character', [...Buffer.from('a: \ufffd'), 0xff], '1:5: expected UTF-8 text'],
    ['a cut sequence', [...Buffer.from('a: '), 0xe2, 0x82], '1:4: expected UTF-8 text'],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00], '1:1: expected UTF-8 text']
  ]
  for (const [name, bytes, problem] of cases) {
    test(name, async () => assert.deepEqual(await problemsOf(Uint8Array.from(bytes)), [problem]))
  }
})

test('a byte order mark is skipped', async () => {
  assert.deepEqual(await problemsOf(`\ufeff${ok}`), [])
})

test('a file that cannot be read is named with the reason', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'tercel-config-'))
  t.after(() => rm(directory, { recursive: true }))
  const options = { outputDefinitions: new Map(), shippedRules: [], env: {} }
  const secret = join(directory, 'secret.yaml')
  await writeFile(secret, 'x')
  await chmod(secret, 0)
  const cases: [string, string][] = [
    [join(directory, 'absent.yaml'), 'it does not exist'],
    [directory, 'it is a directory'],
    [join(secret, 'x'), 'a part of its path is not a directory'],
    ['/dev/zero', 'it is larger than 1 MiB'],
    ['a\0b', 'the path contains a null byte']
  ]
  if (process.geteuid?.() !== 0) cases.push([secret, 'permission denied'])
  for (const [path, reason] of cases) {
    await assert.rejects(loadConfig(path, options), new TercelError('TERCEL_CONFIG', `cannot read ${path}: ${reason}`))
  }
})
