import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRuleFiles } from '../../rules/engine/load.ts'
import { HostNames } from '../../src/host-names.ts'
import { engineOf, ipv4, problemsOf, ruleFile, sampleCall, sampleDescriptor } from '../rules/support.ts'

const api = '\x0a\x60\0\x01'
const other = '\x0a\x60\0\x02'

/** Names that stand for what `known` says at the time; each pause ends when it is told to. */
function resolver(known: Map<string, string[] | Error>) {
  const warnings: string[] = []
  const pauses: { ms: number; end: () => void }[] = []
  let paused = Promise.withResolvers<void>()
  const hosts = new HostNames({
    names: known.keys(),
    async resolve(name) {
      const found = known.get(name)!
      if (found instanceof Error) throw found
      return found
    },
    onWarning: message => warnings.push(message),
    pause(ms) {
      const { promise, resolve: end } = Promise.withResolvers<void>()
      pauses.push({ ms, end })
      paused.resolve()
      return promise
    }
  })
  const nextPause = async () => {
    await paused.promise
    paused = Promise.withResolvers<void>()
  }
  return { hosts, warnings, pauses, nextPause }
}

function connectTo(address: string) {
  const server = { address, port: 443 }
  const client = { address: '\x0a\0\0\x07', port: 40000 }
  const ends = { client, server, local: client, remote: server }
  return sampleCall({ type: 'connect', descriptor: sampleDescriptor({ type: ipv4, ...ends }) })
}

test('a rule that names a host matches the addresses that the name stands for, and shows the name', async () => {
  const { hosts } = resolver(new Map([['api.example', ['10.96.0.1', '::1']]]))
  await hosts.start(new AbortController().signal)
  const engine = (condition: string) =>
    engineOf(ruleFile(`evt.type = connect and ${condition}`, '%fd.sip.name %fd.cip.name'), { hosts })
  const message = (condition: string, address: string) =>
    engine(condition)
      .evaluate(connectTo(address))
      .map(({ output }) => output.slice(27))
  assert.deepEqual(message('fd.sip.name = api.example', api), ['api.example <NA>'])
  assert.deepEqual(message('fd.sip.name = api.example', other), [])
  assert.deepEqual(message('fd.sip.name != api.example', other), ['<NA> <NA>'])
  assert.deepEqual(message('fd.sip.name != api.example', api), [])
  assert.deepEqual(message('fd.rip.name in (elsewhere, "api.example")', api), ['api.example <NA>'])
  assert.deepEqual(message('fd.sip.name exists', other), ['<NA> <NA>'])
  assert.deepEqual(message('fd.lip.name = api.example', api), [])
})

test('without a socket there is no name, whatever is compared', () => {
  for (const condition of ['fd.sip.name = x', 'fd.sip.name != x', 'fd.sip.name exists']) {
    assert.deepEqual(engineOf(ruleFile(`evt.type = openat and ${condition}`)).evaluate(sampleCall()), [], condition)
  }
})

test('a ruleset tells the names that its rules compare with, also in macros and lists', () => {
  const text = `- list: l\n  items: [a.example]\n- macro: m\n  condition: fd.cip.name in (l)\n${ruleFile(
    'evt.type = connect and (m or not fd.sip.name = b.example or proc.name = c.example)'
  )}`
  assert.deepEqual([...parseRuleFiles([{ path: 'f', text }]).hostNames], ['a.example', 'b.example'])
  const disabled = text.replace('  desc: d', '  desc: d\n  enabled: false')
  assert.deepEqual([...parseRuleFiles([{ path: 'f', text: disabled }]).hostNames], [])
})

test('names take no other operator, and no transformer', () => {
  for (const test of ['contains x', 'startswith anyof (a, b)', '= val(proc.name)', 'regex a.*']) {
    assert.match(problemsOf(ruleFile(`evt.type = connect and fd.sip.name ${test}`))[0]!, /takes exists, =, != and in/)
  }
  assert.match(problemsOf(ruleFile('evt.type = connect and tolower(fd.sip.name) = x'))[0]!, /does not take fd.sip.name/)
})

test('names are resolved again, after pauses that grow to 320 seconds', async () => {
  const known = new Map<string, string[] | Error>([['a', ['10.96.0.1']]])
  const { hosts, pauses, nextPause } = resolver(known)
  await hosts.start(new AbortController().signal)
  await nextPause()
  known.set('a', ['10.96.0.2'])
  assert.ok(hosts.has('a', api))
  for (let round = 0; round < 6; round++) {
    pauses.at(-1)!.end()
    await nextPause()
  }
  assert.deepEqual(
    pauses.map(({ ms }) => ms / 1000),
    [10, 20, 40, 80, 160, 320, 320]
  )
  assert.ok(hosts.has('a', other) && !hosts.has('a', api))
  assert.deepEqual([hosts.nameOf(other), hosts.nameOf(api)], ['a', undefined])
})

test('a name that does not resolve is told once, and keeps what it stood for', async () => {
  const known = new Map<string, string[] | Error>([
    ['a', ['10.96.0.1']],
    ['b', new Error('not found')]
  ])
  const { hosts, warnings, pauses, nextPause } = resolver(known)
  await hosts.start(new AbortController().signal)
  await nextPause()
  assert.deepEqual(warnings, ['the name b in rules does not resolve: not found'])
  assert.ok(hosts.has('a', api) && !hosts.has('b', api))
  known.set('a', new Error('away'))
  pauses[0]!.end()
  await nextPause()
  assert.ok(hosts.has('a', api))
  assert.deepEqual(warnings.slice(1), ['the name a in rules does not resolve: away'])
})

test('the machine resolves names where nothing else is said', async () => {
  const hosts = new HostNames({ names: ['localhost'], onWarning: assert.fail })
  await hosts.start(AbortSignal.abort())
  assert.ok(hosts.has('localhost', '\x7f\0\0\x01') || hosts.has('localhost', `${'\0'.repeat(15)}\x01`))
})
