import assert from 'node:assert/strict'
import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { Accounts } from '../../collector/accounts.ts'
import { temporaryDirectory } from './support.ts'

function hostWith(t: TestContext, passwdText: string, groupText = '') {
  const folder = temporaryDirectory(t)
  const files = { passwd: join(folder, 'passwd'), group: join(folder, 'group') }
  writeFileSync(files.passwd, passwdText, 'latin1')
  writeFileSync(files.group, groupText, 'latin1')
  let now = 1_000_000
  const accounts = new Accounts(files, () => now)
  const pass = (seconds: number) => {
    now += seconds * 1000
  }
  return { accounts, files, pass }
}

describe('names of users and groups', () => {
  const passwd = [
    'root:x:0:0:root:/root:/bin/bash',
    'www-data:x:33:33::/var/www:/bin/sh',
    '# a comment',
    '',
    'short',
    ':x:5:5::/:/bin/sh',
    'signed:x:-1:1::/:/bin/sh',
    'ada:x:1000:1000:Ada:/home/ada:/bin/sh',
    'also-ada:x:1000:1000:Ada:/home/ada:/bin/sh',
    'fran\xe7oise:x:1001:1001::/:/bin/sh',
    'last:x:4294967294:1'
  ].join('\n')

  const cases: readonly [uid: number, name: string | undefined][] = [
    [0, 'root'],
    [33, 'www-data'],
    [1000, 'ada'],
    [1001, 'fran\xe7oise'],
    [4294967294, 'last'],
    [5, undefined],
    [-1, undefined],
    [77, undefined]
  ]
  for (const [uid, name] of cases) {
    test(`user ${uid} of the host is ${name ?? 'not known'}`, t => {
      assert.equal(hostWith(t, passwd).accounts.user(uid, ''), name)
    })
  }

  test('users and groups have files of their own', t => {
    const { accounts } = hostWith(t, 'ada:x:1000:1000::/:/bin/sh', 'wheel:x:1000:ada')
    assert.equal(accounts.user(1000, ''), 'ada')
    assert.equal(accounts.group(1000, ''), 'wheel')
  })

  test('the names of the host mean nothing in a container, but for root', t => {
    const { accounts } = hostWith(t, passwd, 'wheel:x:1000:ada')
    const container = 'a'.repeat(64)
    assert.equal(accounts.user(1000, undefined), undefined, 'nor where it is not known which it is')
    assert.equal(accounts.user(1000, container), undefined)
    assert.equal(accounts.group(1000, container), undefined)
    assert.equal(accounts.user(0, container), 'root')
    assert.equal(accounts.group(0, container), 'root')
  })
})

describe('the files of users and groups', () => {
  test('are read again when they have changed, at the next look at their times', t => {
    const { accounts, files, pass } = hostWith(t, 'ada:x:1000:')
    assert.equal(accounts.user(1000, ''), 'ada')
    writeFileSync(files.passwd, 'bob:x:1000:')
    utimesSync(files.passwd, 1, 1)
    pass(9)
    assert.equal(accounts.user(1000, ''), 'ada')
    pass(1)
    assert.equal(accounts.user(1000, ''), 'bob')
  })

  test('may be missing, and come back as they were', t => {
    const { accounts, files, pass } = hostWith(t, 'ada:x:1000:')
    assert.equal(accounts.user(1000, ''), 'ada')
    renameSync(files.passwd, `${files.passwd}.away`)
    pass(10)
    assert.equal(accounts.user(1000, ''), undefined)
    renameSync(`${files.passwd}.away`, files.passwd)
    pass(10)
    assert.equal(accounts.user(1000, ''), 'ada')
  })

  test('may never have been there', t => {
    const { accounts, files } = hostWith(t, '')
    rmSync(files.group)
    assert.equal(accounts.group(1000, ''), undefined)
    assert.equal(accounts.group(0, ''), 'root')
  })
})

test('recorded names are those of the files, by the same rules', t => {
  const { files } = hostWith(t, 'root:x:0:\nada:x:1000:\ntwin:x:1000:\nn\xf8:x:7:', 'wheel:x:10:')
  const text = JSON.stringify(Accounts.record(files))
  assert.deepEqual(JSON.parse(text), {
    users: [
      [0, 'root'],
      [1000, 'ada'],
      [7, 'n\xf8']
    ],
    groups: [[10, 'wheel']]
  })
  rmSync(files.passwd)
  const accounts = new Accounts(JSON.parse(text))
  assert.deepEqual([accounts.user(1000, ''), accounts.group(10, '')], ['ada', 'wheel'])
  assert.deepEqual([accounts.user(1000, 'a'.repeat(64)), accounts.user(0, undefined)], [undefined, 'root'])
  assert.deepEqual(Accounts.record({ ...files, group: '/nowhere' }), { users: [], groups: [] })
})
