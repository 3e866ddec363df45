import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { makeBundle, runOnTerminal } from './container.ts'
import { alertWith, install, startTercel, temporaryFolder, until, withoutBpf, withoutContainers } from './support.ts'

suite('the main job', { skip: withoutBpf }, () => {
  test('a sensitive file read through a symbolic link raises an alert with who, what and from where', async t => {
    const folder = temporaryFolder()
    const installation = install(folder)
    const running = await startTercel('run', installation, t)
    const link = join(folder, 'innocent')
    symlinkSync('/etc/shadow', link)
    const cat = spawnSync('sh', ['-c', 'echo $$; cat "$1"; :', 'sh', link], { cwd: folder, encoding: 'utf8' })

    const alert = await alertWith(installation, 'Sensitive file read by untrusted program', link)
    const fields = alert.output_fields
    assert.equal(alert.priority, 'Warning')
    assert.equal(alert.source, 'syscall')
    assert.match(alert.uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    assert.match(alert.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
    assert.ok(Math.abs(Date.parse(alert.time) - Date.now()) < 60_000, alert.time)
    assert.equal(fields['fd.name'], '/etc/shadow')
    assert.equal(fields['fd.nameraw'], link)
    assert.equal(fields['user.name'], 'root')
    assert.equal(fields['user.uid'], 0)
    assert.equal(fields['proc.name'], 'cat')
    assert.equal(fields['proc.cmdline'], `cat ${link}`)
    assert.equal(fields['proc.exepath'], realpathSync(which('cat')))
    assert.equal(fields['proc.cwd'], folder)
    assert.equal(fields['proc.pname'], 'sh')
    assert.equal(fields['proc.aname[2]'], readFileSync('/proc/self/comm', 'latin1').trim())
    assert.equal(fields['container.id'], 'host')
    assert.ok(cat.stdout.length > 0)
    await until(() => running.stdout.includes(`file_asked=${link}`), 'the alert on standard output')
  })

  test('a command line with newlines, terminal escapes and broken UTF-8 stays one line of printable text', async t => {
    const installation = install(temporaryFolder())
    const running = await startTercel('run', installation, t)
    const marker = `forger${process.pid}`
    const forged = `${marker}\n12:00:00.000000000: Critical forged (\x1b[2J\u202e`
    spawnSync('sh', ['-c', 'cat "$(printf "%s\\377" "$1")" < /etc/shadow', 'sh', forged])

    await until(() => running.stdout.includes(marker), 'the alert on standard output')
    const lines = running.stdout.split('\n').filter(line => line.includes(marker))
    for (const line of lines) {
      assert.match(line, /^\d\d:\d\d:\d\d\.\d{9}: (Warning|Notice) /)
      assert.match(line, /12:00:00\.000000000: Critical forged/, 'what was written is still there to read')
      assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\ufffd]/u)
    }
    assert.doesNotMatch(running.stdout, /^12:00:00\.000000000: Critical/m)
  })

  test('a shell on a terminal in a container raises an alert with the container, the terminal and the ancestors', {
    skip: withoutContainers
  }, async t => {
    const folder = temporaryFolder()
    const installation = install(folder)
    const running = await startTercel('run', installation, t)
    const bundle = join(folder, 'bundle')
    mkdirSync(bundle)
    const id = makeBundle(bundle, ['/bin/sh', '-c', 'true; :'])
    const shell = runOnTerminal(bundle, id)
    t.after(async () => void (await shell.ended))

    const alert = await alertWith(installation, 'Terminal shell in container', id.slice(0, 12))
    const fields = alert.output_fields
    assert.equal(alert.priority, 'Notice')
    assert.equal(fields['container.id'], id.slice(0, 12))
    assert.equal(fields['proc.name'], 'sh')
    assert.equal(fields['proc.cmdline'], 'sh -c true; :')
    assert.equal(fields['proc.exepath'], '/bin/busybox')
    assert.equal(fields['proc.vpid'], 1)
    assert.equal(fields['user.name'], 'root')
    assert.equal(fields['proc.pname'], 'runc')
    assert.ok(['script', 'sh', 'bash'].includes(String(fields['proc.aname[2]'])), String(fields['proc.aname[2]']))
    // A pseudo terminal: major 136 to 143, as /proc/PID/stat shows it.
    assert.ok(Number(fields['proc.tty']) >= 136 << 8, String(fields['proc.tty']))
    await until(() => running.stdout.includes('Terminal shell in container'), 'the alert on standard output')
  })
})

function which(program: string): string {
  return spawnSync('which', [program], { encoding: 'utf8' }).stdout.trim()
}
