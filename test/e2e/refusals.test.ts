import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { install, mainProgram, readerProgram, temporaryFolder, withoutBpf } from './support.ts'

/** Runs a program that is to refuse, and gives what it said on standard error. */
function refusal(command: string, ...args: string[]): string {
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 })
  assert.equal(status, 78, `exit code of ${command} ${args.join(' ')}: ${stdout}${stderr}`)
  return stderr
}

suite('a machine that cannot be watched is refused in one sentence with the remedy', { skip: withoutBpf }, () => {
  test('another user than root', () => {
    const { config } = install(temporaryFolder())
    const command = [process.execPath, mainProgram, 'run', '--config', config]
    const said = refusal('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...command)
    assert.match(said, /^tercel: watching system calls needs root, .*: run this as root \(sudo\)\n$/)
  })

  test('root without the capabilities for BPF', () => {
    const { socket } = install(temporaryFolder())
    const said = refusal('setpriv', '--bounding-set=-all', readerProgram, '--socket', socket)
    assert.match(said, /^tercel-reader: the kernel refused BPF .*CAP_BPF, CAP_PERFMON.*\.\n$/)
  })

  test('a kernel without BTF', () => {
    const { socket } = install(temporaryFolder())
    const hidden = 'mount -t tmpfs none /sys/kernel/btf && exec "$0" --socket "$1"'
    const said = refusal('unshare', '--mount', 'sh', '-c', hidden, readerProgram, socket)
    assert.match(said, /^tercel-reader: this kernel has no BTF .*CONFIG_DEBUG_INFO_BTF\.\n$/)
  })

  test('a kernel that is too old', () => {
    const { socket } = install(temporaryFolder())
    // The personality UNAME26 makes every kernel say that it is a 2.6.
    const said = refusal('setarch', '--uname-2.6', readerProgram, '--socket', socket)
    assert.match(said, /^tercel-reader: this kernel is 2\.6\.\S+, and the sensor needs Linux 5\.17 or newer: .*\.\n$/)
  })

  test('a reader that cannot run ends the whole of tercel run with its sentence', () => {
    const { config } = install(temporaryFolder())
    const hidden = 'mount -t tmpfs none /sys/kernel/btf && exec "$@"'
    const said = refusal(
      'unshare',
      '--mount',
      'sh',
      '-c',
      hidden,
      'sh',
      process.execPath,
      mainProgram,
      'run',
      '--config',
      config
    )
    assert.match(said, /^tercel-reader: this kernel has no BTF/m)
    assert.match(said, /^tercel: the reader cannot run here; its message stands above$/m)
    assert.doesNotMatch(said, /^ {4}at /m, 'no stack trace')
  })
})

suite('what is wrong with the configuration or the rules is named with its place, and nothing is started', {
  skip: withoutBpf
}, () => {
  test('an unknown key of the configuration', () => {
    const { config } = install(temporaryFolder(), 'shutdown_second: 3\n')
    const said = refusal(process.execPath, mainProgram, 'run', '--config', config)
    assert.match(said, /tercel\.yaml:10:1: .*shutdown_second\b.*shutdown_seconds/)
  })

  test('a rule with an unknown field, and a macro that is not defined', () => {
    const folder = temporaryFolder()
    const rules = join(folder, 'rules.yaml')
    const rule = (name: string, condition: string) =>
      `- rule: ${name}\n  desc: broken\n  condition: ${condition}\n  output: broken\n  priority: Notice\n`
    writeFileSync(
      rules,
      rule('Field', 'evt.type = execve and proc.nmae = sh') + rule('Macro', 'evt.type = execve and contaner')
    )
    const { config } = install(folder, `rules:\n  files: [${rules}]\n`)
    const said = refusal(process.execPath, mainProgram, 'run', '--config', config)
    assert.match(said, /rules\.yaml:3:36: .*proc\.nmae.*proc\.name/)
    assert.match(said, /rules\.yaml:8:36: error: unknown macro contaner/)
    assert.doesNotMatch(said, /restart|started again/)
  })

  for (const [what, extra] of [
    ['a secret', (path: string) => `log:\n  level: \${file:${path}}\n`],
    ['a rule file', (path: string) => `rules:\n  files: [${path}]\n`]
  ] as const) {
    test(`${what} that the user of the collector cannot read`, () => {
      const folder = temporaryFolder()
      const secret = join(folder, 'secret')
      writeFileSync(secret, what === 'a secret' ? 'info' : '[]', { mode: 0o600 })
      const { config, spool } = install(folder, extra(secret))
      const said = refusal(process.execPath, mainProgram, 'run', '--config', config)
      assert.match(said, new RegExp(`${secret}: .*permission denied`))
      assert.match(said, /^tercel: the collector runs as uid 61999 and cannot use this configuration; .*above$/m)
      assert.equal(existsSync(spool), false, 'nothing has been prepared')
    })
  }
})
