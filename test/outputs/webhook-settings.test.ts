import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatProblem, TercelError } from '../../base/errors.ts'
import { loadConfig } from '../../config/load.ts'
import { outputDefinitions } from '../../outputs/index.ts'

const file = '/etc/tercel/tercel.yaml'

/** The problems of a configuration with one webhook, whose settings are the lines of `yaml`. */
async function problemsOf(yaml: string, env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const text = `outputs:\n  - type: webhook\n${yaml.replace(/^/gm, '    ')}\n`
  try {
    await loadConfig(file, { outputDefinitions, shippedRules: [], env, readFile: async () => Buffer.from(text) })
    return []
  } catch (error) {
    if (!(error instanceof TercelError)) throw error
    return error.problems.map(problem => formatProblem(problem).replace(`${file}:`, ''))
  }
}

const url = 'url: https://hooks.example.org/alerts'

const good: readonly [what: string, yaml: string][] = [
  ['the URL alone', url],
  ['a port, a query and an IPv6 address', 'url: "http://[::1]:8080/a?b=c"'],
  ['headers', `${url}\nheaders: { Authorization: Bearer x, X-Empty: "" }`],
  ['a batch', `${url}\nbody: ndjson\nbatch: { max_count: 10000, max_bytes: 512KiB }`],
  ['capitals in the scheme', 'url: HTTPS://hooks.example.org\ntls: { ca_file: ca.pem }'],
  ['TLS files', `${url}\ntls: { ca_file: ca.pem, cert_file: c.pem, key_file: c.key, server_name: a.example.org }`]
]

for (const [what, yaml] of good) {
  test(`accepted: ${what}`, async () => assert.deepEqual(await problemsOf(yaml), []))
}

const bad: readonly [what: string, yaml: string, ...problems: RegExp[]][] = [
  ['no URL', 'method: POST', /missing key url/],
  ['no scheme', 'url: hooks.example.org/alerts', /^3:10: outputs\[0\]\.url: expected a URL such as https:/],
  ['another scheme', 'url: ftp://hooks.example.org', /expected a URL such as/],
  ['no host', 'url: "https://"', /expected a URL such as/],
  ['white space', 'url: "https://hooks.example.org/a b"', /expected a URL such as/],
  ['a line break', 'url: "https://hooks.example.org/\\r\\nx"', /expected a URL such as/],
  [
    'a password in the URL',
    'url: https://admin:hunter2@hooks.example.org',
    /without user name and password: they belong in a header/
  ],
  ['another method', `${url}\nmethod: GET`, /expected one of POST, PUT, PATCH/],
  ['a name that is no header', `${url}\nheaders: { "a b": x }`, /^4:16: expected the name of a header .*, not "a b"/],
  [
    'a header that frames the request',
    `${url}\nheaders: { Content-Length: "3" }`,
    /which tercel sets, not Content-Length/
  ],
  ['a host', `${url}\nheaders: { host: x }`, /other than host/],
  ['a key of our own', `${url}\nheaders: { Idempotency-Key: x }`, /idempotency-key, which tercel sets/],
  ['a number as a header', `${url}\nheaders: { x: 3 }`, /expected text, not 3/],
  ['a line break in a header', `${url}\nheaders: { x: "a\\r\\nb: c" }`, /printable ASCII on one line/],
  ['a null byte in a header', `${url}\nheaders: { x: "a\\0" }`, /printable ASCII/],
  ['beyond ASCII in a header', `${url}\nheaders: { x: ü }`, /printable ASCII/],
  ['a batch of single alerts', `${url}\nbatch: { max_count: 5 }`, /^4:5: batch needs body: array or ndjson$/],
  ['a batch that is too large', `${url}\nbody: array\nbatch: { max_count: 10001 }`, /expected at most 10000/],
  ['a size that is none', `${url}\nbody: array\nbatch: { max_bytes: 1 lot }`, /expected a size such as 512MiB/],
  [
    'TLS files without TLS',
    'url: http://a.example.org\ntls: { ca_file: ca.pem }',
    /^4:5: tls needs url: a URL that begins with https:\/\/$/
  ],
  ['a certificate without its key', `${url}\ntls: { cert_file: c.pem }`, /^4:12: cert_file needs key_file$/],
  ['a key without its certificate', `${url}\ntls: { key_file: c.key }`, /^4:12: key_file needs cert_file$/],
  [
    'a switch that turns verification off',
    `${url}\ntls: { insecure_skip_verify: true }`,
    /unknown key insecure_skip_verify/
  ]
]

for (const [what, yaml, ...expected] of bad) {
  test(`refused: ${what}`, async () => {
    const problems = await problemsOf(yaml)
    assert.equal(problems.length, expected.length, problems.join('\n'))
    for (const [index, pattern] of expected.entries()) assert.match(problems[index]!, pattern)
    assert.doesNotMatch(problems.join('\n'), /hunter2/)
  })
}

test('a secret that cannot be a header is refused without being shown', async () => {
  const secrets = ['hunter2\r\nx-evil: 1', 'hunter2\nx', 'hunter2\u0000', 'hünter2', 'hunter2\u2028']
  for (const TOKEN of secrets) {
    const problems = await problemsOf(`${url}\nheaders: { authorization: "Bearer \${env:TOKEN}" }`, { TOKEN })
    assert.equal(problems.length, 1)
    assert.match(problems[0]!, /^4:\d+: outputs\[0\]\.headers\.authorization: expected the value of a header/)
    assert.doesNotMatch(problems[0]!, /h[uü]nter2|evil/)
  }
})

test('a URL from a secret is refused without being shown', async () => {
  const problems = await problemsOf('url: ${env:HOOK}', {
    HOOK: 'https://user:hunter2@hooks.example.org/key0123456789'
  })
  assert.equal(problems.length, 1)
  assert.doesNotMatch(problems[0]!, /hunter2|key0123456789/)
})
