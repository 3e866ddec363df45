import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { callOfName } from '../../collector/calls.ts'
import { parseRuleFiles } from '../../rules/engine/load.ts'

/** A ruleset that many people run. It is not part of the project: where it lies beside the checkout, it must load. */
const path = new URL('../../../shared/compat/falco_rules.yaml', import.meta.url)
const skip = existsSync(path) ? false : `no ${path.pathname}`

/** The event types that each rule admits. */
const expected: [rule: string, eventTypes: string][] = [
  ['Directory traversal monitored file read', 'open, openat, openat2'],
  ['Read sensitive file trusted after startup', 'open, openat, openat2'],
  ['Read sensitive file untrusted', 'open, openat, openat2'],
  ['Run shell untrusted', 'execve, execveat'],
  ['System user interactive', 'execve, execveat'],
  ['Terminal shell in container', 'execve, execveat'],
  ['Contact K8S API Server From Container', 'connect'],
  ['Netcat Remote Code Execution in Container', 'execve, execveat'],
  ['Search Private Keys or Passwords', 'execve, execveat'],
  ['Clear Log Activities', 'open, openat, openat2'],
  ['Remove Bulk Data from Disk', 'execve, execveat'],
  ['Create Symlink Over Sensitive Files', 'symlink, symlinkat'],
  ['Create Hardlink Over Sensitive Files', 'link, linkat'],
  ['Packet socket created in container', 'socket'],
  ['Redirect STDOUT/STDIN to Network Connection in Container', 'dup, dup2, dup3'],
  ['Linux Kernel Module Injection Detected', 'finit_module, init_module'],
  ['Debugfs Launched in Privileged Container', 'execve, execveat'],
  ['Detect release_agent File Container Escapes', 'open, openat, openat2'],
  ['PTRACE attached to process', 'ptrace'],
  ['PTRACE anti-debug attempt', 'ptrace'],
  ['Find AWS Credentials', 'execve, execveat'],
  ['Execution from /dev/shm', 'execve, execveat'],
  ['Drop and execute new binary in container', 'execve, execveat'],
  ['Disallowed SSH Connection Non Standard Port', 'connect, sendmsg, sendto'],
  ['Fileless execution via memfd_create', 'execve, execveat']
]

test('the public ruleset loads', { skip }, () => {
  const { rules } = load()
  assert.deepEqual(
    rules.map(({ name }) => name),
    expected.map(([name]) => name)
  )
})

test('each rule of the public ruleset is restricted to the event types that it is about', { skip }, () => {
  const { rules } = load()
  for (const [name, eventTypes] of expected) {
    const rule = rules.find(each => each.name === name)
    assert.equal([...(rule?.eventTypes ?? ['every type'])].sort().join(', '), eventTypes, name)
  }
})

test('the public ruleset gives no warning but those of fields that no sensor delivers yet', { skip }, () => {
  for (const { message, place } of load().warnings) {
    assert.match(message, /^no sensor delivers \S+ yet/)
    assert.equal(place?.file, 'falco_rules.yaml')
  }
})

test('every call that a rule of the public ruleset waits for is traced', { skip }, () => {
  for (const { name, eventTypes } of load().rules) {
    for (const type of eventTypes ?? []) assert.ok(callOfName.has(type), `${name}: ${type}`)
  }
})

function load() {
  return parseRuleFiles([{ path: 'falco_rules.yaml', text: readFileSync(path, 'utf8') }])
}
