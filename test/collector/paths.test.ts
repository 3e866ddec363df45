import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absolutePath } from '../../collector/paths.ts'
import { forSeeds, randomText } from '../rules/support.ts'

const cases: readonly [path: string, directory: string | undefined, absolute: string | undefined][] = [
  ['/etc/passwd', undefined, '/etc/passwd'],
  ['/etc/passwd', '/home', '/etc/passwd'],
  ['/', undefined, '/'],
  ['//', undefined, '/'],
  ['//etc//passwd', undefined, '/etc/passwd'],
  ['/etc/', undefined, '/etc'],
  ['/etc/.', undefined, '/etc'],
  ['/./etc/./passwd', undefined, '/etc/passwd'],
  ['/etc/../proc/self', undefined, '/proc/self'],
  ['/..', undefined, '/'],
  ['/../../etc', undefined, '/etc'],
  ['/a/b/../../../c', undefined, '/c'],
  ['/etc/..', undefined, '/'],
  ['/.hidden', undefined, '/.hidden'],
  ['/etc/...', undefined, '/etc/...'],
  ['/a..b/c.', undefined, '/a..b/c.'],
  ['passwd', '/etc', '/etc/passwd'],
  ['./passwd', '/etc/', '/etc/passwd'],
  ['../shadow', '/etc/ssl', '/etc/shadow'],
  ['../../../shadow', '/etc', '/shadow'],
  ['passwd', '/', '/passwd'],
  ['', '/etc', '/etc'],
  ['.', '/etc', '/etc'],
  ['a\xffb\n', '/\x80', '/\x80/a\xffb\n'],
  ['passwd', undefined, undefined],
  ['', undefined, undefined]
]

for (const [path, directory, absolute] of cases) {
  test(`${JSON.stringify(path)} from ${directory ?? 'an unknown directory'} is ${absolute ?? 'not known'}`, () => {
    assert.equal(absolutePath(path, directory), absolute)
  })
}

test('an absolute path is normal whatever it was made from, and normal paths stay as they are', () => {
  forSeeds(2000, random => {
    const path = `/${randomText(random, ['/', '.', '..', 'a', '/../', '/./'], 12)}`
    const absolute = absolutePath(path, undefined)!
    assert.match(absolute, /^\/$|^(?:\/[^/]+)+$/)
    assert.ok(!absolute.split('/').some(part => part === '.' || part === '..'), `${path} → ${absolute}`)
    assert.equal(absolutePath(absolute, undefined), absolute)
    assert.equal(absolutePath(path.slice(1), '/'), absolute)
  })
})
