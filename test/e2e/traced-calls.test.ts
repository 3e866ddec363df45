/** Rules about calls that other tests look at one by one, from the user's point of view. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compile } from './sensor-support.ts'
import { alertWith, install, startTercel, temporaryFolder, withoutBpf } from './support.ts'

const output = 'command=%proc.cmdline args=%evt.args name=%fd.name'

const conditions = {
  'Link to the passwords': 'evt.type in (symlink, symlinkat) and evt.arg.target = /etc/shadow',
  'Name for the passwords': 'evt.type in (link, linkat) and evt.arg.oldpath = /etc/shadow',
  'Packet socket': 'evt.type = socket and evt.arg.domain contains AF_PACKET and evt.rawres >= 0',
  'Process taken hold of': 'evt.type = ptrace and evt.arg.request contains PTRACE_ATTACH and evt.res = SUCCESS',
  'Output redirected': 'evt.type in (dup, dup2, dup3) and evt.rawres in (0, 1, 2) and fd.type in (ipv4, ipv6)',
  'Datagram to a forbidden network':
    'evt.type in (sendto, sendmsg) and fd.l4proto != tcp and fd.connected = false and fd.name_changed = true ' +
    'and fd.snet in (127.9.0.0/16) and evt.arg.data startswith steal',
  'Accepted from this machine': 'evt.type in (accept, accept4) and fd.sport = 991 and fd.cip = 127.0.0.1'
} as const

test('rules about links, sockets, descriptors and ptrace raise their alerts', { skip: withoutBpf }, async t => {
  const folder = temporaryFolder()
  const rules = join(folder, 'rules.yaml')
  const written = Object.entries(conditions).map(([rule, condition]) =>
    [
      `- rule: ${rule}`,
      `  desc: ${rule}`,
      `  condition: ${condition}`,
      `  output: ${output}`,
      '  priority: NOTICE'
    ].join('\n')
  )
  writeFileSync(rules, written.join('\n'))
  const installation = install(folder, `rules:\n  files: [${rules}]\n`)
  const tercel = await startTercel('run', installation, t)
  assert.doesNotMatch(tercel.stderr, /does not trace/)

  const links = compile('links')
  const sockets = compile('sockets')
  const run = (program: string, calls: string, cwd = folder) => {
    const { stderr } = spawnSync(program, ['native', ...` , ${calls}`.trim().split(' ')], { cwd, encoding: 'utf8' })
    assert.equal(stderr, '')
  }
  const raised = (rule: keyof typeof conditions, marker: string) => alertWith(installation, rule, marker)

  run(links, 'symlink /etc/shadow innocent')
  const link = await raised('Link to the passwords', 'innocent')
  assert.match(String(link.output_fields['evt.args']), new RegExp(`target=/etc/shadow linkpath=${folder}/innocent$`))

  // It need not succeed, and a relative path does not hide it.
  run(links, `link ../etc/shadow ${folder}/copy`, '/usr')
  await raised('Name for the passwords', `newpath=${folder}/copy`)

  run(links, 'ptrace')
  await raised('Process taken hold of', 'request=PTRACE_ATTACH')

  run(sockets, 'socket 17 3 768')
  await raised('Packet socket', 'domain=AF_PACKET')

  // One that no other run has used a moment ago.
  const address = `127.${(process.pid >> 8) & 0xff}.${process.pid & 0xff}.7`
  const listening = `socket 2 1 0 , bind 3 4:${address}:991 , listen 3 1 , socket 2 1 0 , join 4 @3`
  run(sockets, `${listening} , accept 3 , dup2 4 1`)
  const redirected = await raised('Output redirected', `->${address}:991`)
  assert.match(String(redirected.output_fields['evt.args']), /^res=1 oldfd=4 newfd=1$/)
  await raised('Accepted from this machine', `->${address}:991`)

  run(sockets, 'socket 2 2 0 , sendto 3 steal-this 4:127.9.0.1:53')
  await raised('Datagram to a forbidden network', '->127.9.0.1:53')
})
