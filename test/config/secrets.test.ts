import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { load, problemsOf } from './helpers.ts'

const bugle = (url: string, more = ''): string => `outputs:\n  - type: bugle\n    url: ${url}\n${more}`

async function urlOf(url: string, surroundings: Parameters<typeof load>[1]): Promise<unknown> {
  return (await load(bugle(url), surroundings)).outputs[0]?.settings.url
}

describe('a reference is replaced by what it names:', () => {
  const surroundings = {
    env: { HOST: 'example.com', TOKEN: 't0ken', EMPTY: '', YAML: 'a"\n- b: [{ ${env:TOKEN}' },
    files: { '/run/secrets/x': 'fr0mfile\n', '/etc/tercel/near': 'near\r\n', '/two': 'a\n\n' }
  }
  const cases: readonly [name: string, text: string, expected: string][] = [
    ['an environment variable', '"https://${env:HOST}/"', 'https://example.com/'],
    ['two in one text', '"https://${env:HOST}/${env:TOKEN}"', 'https://example.com/t0ken'],
    ['a file, without its last newline', '"http://x/${file:/run/secrets/x}"', 'http://x/fr0mfile'],
    ['a file beside the configuration', '"http://x/${file:near}"', 'http://x/near'],
    ['only the last newline is left out', '"http://x/${file:/two}y"', 'http://x/a\ny'],
    ['an empty variable', '"http://x/${env:EMPTY}"', 'http://x/'],
    ['an escaped one stays', '"http://x/$${env:HOST}"', 'http://x/${env:HOST}'],
    ['a lone dollar stays', '"http://x/$5$"', 'http://x/$5$'],
    ['what a secret contains is not looked at again', '"http://x/${env:YAML}"', 'http://x/a"\n- b: [{ ${env:TOKEN}']
  ]
  for (const [name, text, expected] of cases) {
    test(name, async () => assert.equal(await urlOf(text, surroundings), expected))
  }
})

test('where a number or a boolean is expected, the text of a reference is read as one', async () => {
  const env = { PORT: '9092', URGENT: 'true', PROCESSES: '4096' }
  const text = 'sensor: { processes: "${env:PROCESSES}" }\n'
  const config = await load(text + bugle('http://x/', '    port: ${env:PORT}\n    urgent: ${env:URGENT}\n'), { env })
  assert.deepEqual(config.outputs[0]?.settings, { url: 'http://x/', port: 9092, urgent: true, format: 'text' })
  assert.equal(config.sensor.processes, 4096)
  assert.deepEqual(config.secrets, ['4096', '9092', 'true'])
})

describe('a reference that cannot be resolved is refused with its place:', () => {
  const cases: readonly [name: string, url: string, message: string][] = [
    ['a variable that is not set', '${env:NOPE}', 'the environment variable NOPE is not set'],
    ['a misspelt variable', '${env:TOKN}', 'the environment variable TOKN is not set; did you mean TOKEN?'],
    ['a built-in name', '${env:toString}', 'the environment variable toString is not set'],
    ['a name that is none', '${env:A-B}', 'expected the name of an environment variable in ${env:A-B}'],
    ['no name', '${env:}', 'expected the name of an environment variable in ${env:}'],
    ['a file that is absent', '${file:/nope}', 'cannot read /nope: it does not exist'],
    ['no file', '${file:}', 'expected the path of a file in ${file:}'],
    ['another scheme', '"${vault:x}"', 'expected ${env:NAME} or ${file:PATH}; write $${ for a literal ${'],
    ['a shell variable', '"${HOME}"', 'expected ${env:NAME} or ${file:PATH}; write $${ for a literal ${'],
    ['an open brace', '"${env:TOKEN"', 'expected ${env:NAME} or ${file:PATH}; write $${ for a literal ${']
  ]
  for (const [name, url, message] of cases) {
    test(name, async () => {
      assert.deepEqual(await problemsOf(bugle(url), { env: { TOKEN: 'x' } }), [`3:10: outputs[0].url: ${message}`])
    })
  }
})

describe('no secret is ever part of an error:', () => {
  const secret = 'hunter2-hunter2'
  const cases: readonly [name: string, text: string, problem: string][] = [
    ['of a wrong form', bugle('${env:S}'), '3:10: outputs[0].url: expected text that matches ^[a-z]+:'],
    [
      'for a number',
      bugle('http://x/', '    port: ${env:S}\n'),
      '4:11: outputs[0].port: expected a whole number, not the value of ${env:S}'
    ],
    [
      'for one of a few words',
      bugle('http://x/', '    format: ${env:S}\n'),
      '4:13: outputs[0].format: expected one of text, json, not the value of ${env:S}'
    ],
    [
      'for a list',
      `rules: { files: "\${env:S}" }\n${bugle('http://x/')}`,
      '1:17: rules.files: expected a list, not the value of ${env:S}'
    ],
    [
      'as the type of an output',
      'outputs: [{ type: "${env:S}" }]',
      '1:19: outputs[0].type: expected one of bugle, drum, not the value of ${env:S}'
    ],
    [
      'as a name',
      'outputs: [{ type: drum, name: "${env:S}" }, { type: drum, name: "${env:S}" }]',
      '1:65: outputs[1].name: two outputs are named ${env:S}: give this one a name of its own'
    ],
    [
      'beside a problem elsewhere that quotes it',
      `log: { level: ${secret} }\n${bugle('http://x/${env:S}')}`,
      '1:15: log.level: expected one of debug, info, warn, error, not the text "***"'
    ]
  ]
  for (const [name, text, problem] of cases) {
    test(name, async () => assert.deepEqual(await problemsOf(text, { env: { S: secret } }), [problem]))
  }
})

test('a secret that is longer than what is quoted is not shown in part', async () => {
  const secret = 'correct-horse-battery-staple'.repeat(5)
  const texts = [
    'outputs: [{ type: "${env:S}" }]',
    'outputs: [{ type: drum, name: "${env:S}" }, { type: drum, name: "${env:S}" }]',
    `log: { level: ${secret} }\n${bugle('http://x/${env:S}')}`,
    `${secret}: 1\n${bugle('http://x/${env:S}')}`
  ]
  for (const text of texts) {
    const problems = (await problemsOf(text, { env: { S: secret } })).join('\n')
    assert.notEqual(problems, '')
    assert.doesNotMatch(problems, /correct|horse/)
  }
})

test('the loaded configuration knows every secret that was put in', async () => {
  const config = await load(bugle('"http://${env:A}/${file:/b}"'), { env: { A: 'aaa' }, files: { '/b': 'bbb\n' } })
  assert.deepEqual(config.secrets, ['aaa', 'bbb'])
})
