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
  ['TLS files', `${url}\ntls: { ca_file: ca.pem, cert_file: c.pem, key_file: c.key, server_name: a.example.org }`],
  ['PATCH', `${url}\nmethod: PATCH`],
  ['a bearer token', `${url}\nauth: { bearer: { token: abc.DEF/+== } }\nheaders: { x-authorization: x }`],
  ['user name and password', `${url}\nauth: { basic: { username: tércel, password: "p:ä ss" } }`],
  [
    'client credentials',
    `${url}\nauth: { oauth2: { token_url: https://login.example.org/t, client_id: a, client_secret: b, parameters: { resource: "" } } }`
  ],
  ['a signature', `${url}\nsignature: { secret: 0123456789abcdef, header: X-Sig, timestamp_header: X-Time }`],
  ['two secrets', `${url}\nsignature: { secret: [0123456789abcdef, fedcba9876543210] }`],
  ['compression', `${url}\ncompression: gzip`],
  ['a proxy', `${url}\nproxy: { url: "http://proxy.example.org:3128", auth: { username: a, password: b } }`],
  ['a proxy with TLS', `${url}\nproxy: { url: "https://[::1]:3129/", tls: { ca_file: ca.pem } }`]
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
    /without user name and password: they belong in auth\.basic$/
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
  ],
  [
    'a content coding of its own',
    `${url}\nheaders: { Content-Encoding: br }`,
    /which tercel sets, not Content-Encoding/
  ],
  ['credentials for a proxy in headers', `${url}\nheaders: { Proxy-Authorization: x }`, /not Proxy-Authorization/],
  [
    'authorization twice',
    `${url}\nauth: { bearer: { token: x } }\nheaders: { x: y, Authorization: z }`,
    /^5:22: expected a header other than authorization, which auth sets, not Authorization$/
  ],
  [
    'two kinds of auth',
    `${url}\nauth: { bearer: { token: x }, basic: { username: a, password: b } }`,
    /^4:11: outputs\[0\]\.auth: expected one key: bearer or basic or oauth2$/
  ],
  ['auth of no kind', `${url}\nauth: {}`, /expected one key: bearer or basic or oauth2/],
  ['auth of an unknown kind', `${url}\nauth: { digest: {} }`, /unknown key digest/],
  [
    'a token with a space',
    `${url}\nauth: { bearer: { token: Bearer hunter2 } }`,
    /^4:30: .*expected a token: printable ASCII/
  ],
  ['a token with a line break', `${url}\nauth: { bearer: { token: "hunter2\\r\\nx: y" } }`, /expected a token/],
  ['a colon in a user name', `${url}\nauth: { basic: { username: "a:b", password: c } }`, /^4:32: .*without a colon$/],
  ['no password', `${url}\nauth: { basic: { username: a } }`, /missing key password/],
  [
    'a token URL that is none',
    `${url}\nauth: { oauth2: { token_url: login.example.org, client_id: a, client_secret: hunter2 } }`,
    /^4:34: .*token_url: expected a URL such as https:\/\/login/
  ],
  [
    'a password in a token URL',
    `${url}\nauth: { oauth2: { token_url: "https://a:hunter2@login.example.org", client_id: a, client_secret: b } }`,
    /they belong in client_id and client_secret$/
  ],
  [
    'another client_auth',
    `${url}\nauth: { oauth2: { token_url: "https://a.example.org", client_id: a, client_secret: b, client_auth: jwt } }`,
    /expected one of basic, body/
  ],
  [
    'a parameter that has a key of its own',
    `${url}\nauth: { oauth2: { token_url: "https://a.example.org", client_id: a, client_secret: b, parameters: { scope: x } } }`,
    /expected the name of a parameter other than grant_type, .*, not scope$/
  ],
  [
    'a secret that is short',
    `${url}\nsignature: { secret: hunter2-hunter2 }`,
    /^4:26: outputs\[0\]\.signature\.secret: expected at least 16 characters$/
  ],
  [
    'one short secret of two',
    `${url}\nsignature: { secret: [0123456789abcdef, hunter2] }`,
    /^4:45: outputs\[0\]\.signature\.secret\[1\]: expected at least 16 characters$/
  ],
  ['no secret in a list', `${url}\nsignature: { secret: [] }`, /expected at least 1 item/],
  [
    'too many secrets',
    `${url}\nsignature: { secret: [${'0123456789abcdef, '.repeat(5)}] }`,
    /expected at most 4 items/
  ],
  ['a signature without a secret', `${url}\nsignature: {}`, /missing key secret/],
  [
    'a signature in a header that frames the request',
    `${url}\nsignature: { secret: 0123456789abcdef, header: Content-Length }`,
    /expected the name of a header other than/
  ],
  ['another compression', `${url}\ncompression: br`, /expected one of none, gzip/],
  ['a proxy without a URL', `${url}\nproxy: {}`, /missing key url/],
  [
    'a proxy of another kind',
    `${url}\nproxy: { url: "socks5://proxy.example.org" }`,
    /^4:19: .*proxy\.url: expected the URL of a proxy/
  ],
  [
    'a password in the URL of a proxy',
    `${url}\nproxy: { url: "http://a:hunter2@proxy.example.org" }`,
    /they belong in proxy\.auth/
  ],
  ['a path in the URL of a proxy', `${url}\nproxy: { url: "http://proxy.example.org/x" }`, /without a path/],
  [
    'TLS files for a proxy without TLS',
    `${url}\nproxy: { url: "http://proxy.example.org", tls: { ca_file: ca.pem } }`,
    /^4:47: tls needs url: a URL that begins with https:\/\/$/
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
