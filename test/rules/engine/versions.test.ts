import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemsOf, refused, ruleItem, warningsOf } from './loading.ts'

const engine = (version: string) => `- required_engine_version: ${version}\n`
const plugins = (...each: string[]) => `- required_plugin_versions: [${each.join(', ')}]\n`

for (const version of [
  '1',
  '57',
  '63',
  '0.26.0',
  '0.63.0',
  '"0.63.0"',
  "'57'",
  '0.62.99',
  '0.57.0-rc1',
  '0.57.0+build',
  '0.57.0 or so'
]) {
  test(`a file for engine version ${version} loads`, () =>
    assert.deepEqual(warningsOf(engine(version) + ruleItem()), []))
}

const tooNew = (version: string) =>
  `1.yaml:1:28 LOAD_ERR_VALIDATE: the file needs rule language ${version}; this is 0.63.0`
const noVersion = '1.yaml:1:28 LOAD_ERR_VALIDATE: expected a number such as 57 or a version such as 0.57.0'

refused([
  ...['64', '0.63.1', '0.64.0', '1.0.0', '99999999'].map(
    version => [`a file for engine version ${version}`, engine(version), tooNew(version)] as const
  ),
  ...['seven', '0.57', '-1', '5.x.1', '1e1', 'v0.57.0'].map(
    version => [`the engine version ${version}`, engine(version), noVersion] as const
  ),
  [
    'an engine version that is missing',
    engine(''),
    '1.yaml:1:3 LOAD_ERR_YAML_VALIDATE: required_engine_version is empty'
  ],
  [
    'a list of engine versions',
    engine('[57]'),
    '1.yaml:1:28 LOAD_ERR_YAML_VALIDATE: expected text for required_engine_version, found a list'
  ]
])

test('of several engine versions each must be one that is known', () => {
  assert.deepEqual(problemsOf([engine('57') + ruleItem(), engine('64')]), [tooNew('64').replace('1.yaml', '2.yaml')])
})

for (const [what, item] of [
  ['the plugin whose fields are here, whatever its version', plugins('{name: container, version: 0.2.2}')],
  ['a version of it that is to come', plugins('{name: container, version: 9.9.9-rc1}')],
  [
    'another plugin for which it is an alternative',
    plugins('{name: docker, version: 0.1.0, alternatives: [{name: container, version: 0.4.0}]}')
  ],
  [
    'it with an alternative',
    plugins('{name: container, version: 0.4.0, alternatives: [{name: docker, version: 0.1.0}]}')
  ],
  ['no plugin', plugins()]
] as const) {
  test(`a file that requires ${what} loads`, () => assert.deepEqual(warningsOf(item + ruleItem()), []))
}

const at = (column: number, code: string, message: string) => `1.yaml:1:${column} ${code}: ${message}`

refused([
  [
    'a plugin that is not here',
    plugins('{name: k8saudit, version: 0.7.0}'),
    at(30, 'LOAD_ERR_VALIDATE', 'the plugin k8saudit 0.7.0 is required; tercel stands in for container')
  ],
  [
    'a plugin that is not here, with alternatives that are not either',
    plugins('{name: k8saudit, version: 0.7.0, alternatives: [{name: k8saudit-eks, version: 0.4.0}]}'),
    at(
      30,
      'LOAD_ERR_VALIDATE',
      'the plugin k8saudit 0.7.0 or k8saudit-eks 0.4.0 is required; tercel stands in for container'
    )
  ],
  [
    'the one of two plugins that is not here',
    plugins('{name: container, version: 0.4.0}', '{name: json, version: 0.7.0}'),
    at(65, 'LOAD_ERR_VALIDATE', 'the plugin json 0.7.0 is required; tercel stands in for container')
  ],
  [
    'a plugin version that is none',
    plugins('{name: container, version: new}'),
    at(57, 'LOAD_ERR_VALIDATE', 'expected a version such as 0.4.0, found new')
  ],
  [
    'a plugin twice among its alternatives',
    plugins('{name: container, version: 0.4.0, alternatives: [{name: container, version: 0.5.0}]}'),
    at(30, 'LOAD_ERR_VALIDATE', 'one plugin stands twice among the alternatives')
  ],
  [
    'a plugin without a version',
    plugins('{name: container}'),
    at(30, 'LOAD_ERR_YAML_VALIDATE', 'the key version is missing')
  ],
  ['a plugin without a name', plugins('{version: 0.4.0}'), at(30, 'LOAD_ERR_YAML_VALIDATE', 'the key name is missing')],
  [
    'a plugin that is a text',
    plugins('container'),
    at(30, 'LOAD_ERR_YAML_VALIDATE', 'expected a plugin with name and version, found text')
  ],
  [
    'plugins that are no list',
    '- required_plugin_versions: container\n',
    at(29, 'LOAD_ERR_YAML_VALIDATE', 'expected a list for required_plugin_versions, found text')
  ]
])
