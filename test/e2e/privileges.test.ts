import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { childrenOf, install, mainProgram, startTercel, temporaryFolder, until, withoutBpf } from './support.ts'

/** The members of /proc/PID/status that say what a process may do. */
function statusOf(pid: number): Record<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'latin1').split('\n')
  return Object.fromEntries(lines.map(line => line.split(/:\s*/, 2)))
}

suite('under tercel run', { skip: withoutBpf }, () => {
  test('the collector is another user without capabilities, and cannot get any', async t => {
    const running = await startTercel('run', install(temporaryFolder()), t)
    const status = statusOf(childrenOf(running).collector)
    assert.doesNotMatch(status.Uid!, /\b0\b/)
    assert.doesNotMatch(status.Gid!, /\b0\b/)
    assert.equal(status.Groups?.trim(), '')
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) assert.match(status[set]!, /^0+$/, set)
    assert.equal(status.NoNewPrivs, '1')
  })

  test('a tercel that other users cannot read has a collector of uid 0 without capabilities, and says how to avoid it', async t => {
    // The whole tree once more, behind a folder that is closed to others.
    const closed =
      'mount -t tmpfs -o mode=0700 none /mnt && mkdir /mnt/tercel && mount --bind "${1%/dist/*}" /mnt/tercel && ' +
      'shift && exec "$0" /mnt/tercel/dist/src/main.js "$@"'
    const wrapper = ['unshare', '--mount', 'sh', '-c', closed]
    const running = await startTercel('run', install(temporaryFolder()), t, { wrapper })
    const status = statusOf(childrenOf(running).collector)
    assert.match(status.Uid!, /^0\b/)
    for (const set of ['CapPrm', 'CapEff', 'CapBnd']) assert.match(status[set]!, /^0+$/, set)
    assert.match(
      running.stderr,
      /uid 61999 cannot read \S+: the collector runs as uid 0.*owns root's files.*\/opt\/tercel/
    )
  })

  test('the reader keeps four capabilities and a filter of system calls', async t => {
    const running = await startTercel('run', install(temporaryFolder()), t)
    const status = statusOf(childrenOf(running).reader)
    // include/uapi/linux/capability.h: CAP_DAC_READ_SEARCH 2, CAP_SYS_PTRACE 19, CAP_PERFMON 38, CAP_BPF 39.
    const kept = [2n, 19n, 38n, 39n].reduce((set, capability) => set | (1n << capability), 0n)
    assert.equal(BigInt(`0x${status.CapEff}`), kept)
    assert.equal(BigInt(`0x${status.CapPrm}`), kept)
    assert.equal(status.NoNewPrivs, '1')
    assert.equal(status.Seccomp, '2')
  })

  test('reader and collector share no session with root, so a Ctrl-C reaches only the one that stops them in order', async t => {
    const running = await startTercel('run', install(temporaryFolder()), t)
    for (const pid of Object.values(childrenOf(running))) {
      const { stdout } = spawnSync('ps', ['-o', 'sid=,tty=', '-p', String(pid)], { encoding: 'utf8' })
      assert.deepEqual(stdout.trim().split(/\s+/), [String(pid), '?'])
    }
  })

  test('both end with the supervisor, also when it is killed', async t => {
    const running = await startTercel('run', install(temporaryFolder()), t)
    const children = Object.values(childrenOf(running))
    await running.stop('SIGKILL')
    await until(() => !children.some(pid => existsSync(`/proc/${pid}`)), 'reader and collector to end')
  })

  test('the reader does not inherit what the environment holds', async t => {
    const wrapper = ['env', 'API_TOKEN=hunter2', 'TERCEL_READER_DEBUG=1']
    const running = await startTercel('run', install(temporaryFolder()), t, { wrapper })
    const environment = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    const { reader, collector } = childrenOf(running)
    const names = environment(reader).map(entry => entry.split('=')[0])
    assert.deepEqual(names.sort(), ['', 'PATH', 'TERCEL_READER_DEBUG'])
    assert.ok(environment(collector).includes('API_TOKEN=hunter2'), 'outputs may refer to it')
  })

  test('the socket and the spool are closed to other users', async t => {
    const installation = install(temporaryFolder())
    await startTercel('run', installation, t)
    for (const [path, mode] of [
      [installation.socket, 0o600],
      [installation.spool, 0o700],
      [join(installation.spool, 'spool.db'), 0o600]
    ] as const) {
      assert.equal(statSync(path).mode & 0o777, mode, path)
    }
  })

  test('a hardened umask keeps the collector neither from the socket nor from the spool', async t => {
    const installation = install(temporaryFolder())
    await startTercel('run', installation, t, { wrapper: ['sh', '-c', 'umask 077; exec "$0" "$@"'] })
    assert.equal(statSync(dirname(installation.socket)).mode & 0o777, 0o755)
    assert.equal(statSync(installation.spool).mode & 0o777, 0o700)
  })

  test('a spool that another user could have prepared is refused: nothing of it is handed over', () => {
    const folder = temporaryFolder()
    const { config, spool } = install(folder)
    const precious = join(folder, 'precious')
    mkdirSync(precious)
    symlinkSync(precious, spool)
    const { status, stderr } = spawnSync(process.execPath, [mainProgram, 'run', '--config', config], {
      encoding: 'utf8',
      timeout: 20_000
    })
    assert.equal(status, 74)
    assert.match(stderr, /^tercel: .*\/spool is a link or a file: .*spool\.directory\n$/m)
    assert.equal(statSync(precious).uid, 0)
  })
})
