/** Rulesets of any size, made up in the shapes that rules have: a macro of the type, then names, paths and exclusions. */

/**
 * `spread`: over 40 types of events; `opens`: all for opens, of a file or folder each; `execs`: all for execs, of a program
 * each; `pieces`: all for opens, of a path that has something in it; `globs`: all for opens, of a path that a pattern fits,
 * which no look-up finds.
 */
export type RulesKind = 'spread' | 'opens' | 'execs' | 'pieces' | 'globs'

const macros = `
- macro: open_write
  condition: (evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.typechar = f and fd.num >= 0)
- macro: open_read
  condition: (evt.type in (open, openat, openat2) and evt.is_open_read = true and fd.typechar = f and fd.num >= 0)
- macro: spawned_process
  condition: (evt.type in (execve, execveat))
- macro: container
  condition: (container.id != host)
`

/** Calls that the public rules ask for, beside opens and execs. */
const otherCalls = [
  ...[
    'connect',
    'accept',
    'accept4',
    'listen',
    'sendmsg',
    'sendto',
    'rename',
    'renameat',
    'renameat2',
    'rmdir',
    'unlink'
  ],
  ...[
    'unlinkat',
    'recvfrom',
    'chmod',
    'creat',
    'fchmod',
    'fchmodat',
    'ptrace',
    'mkdir',
    'mkdirat',
    'recvmsg',
    'bpf',
    'dup'
  ],
  ...[
    'dup2',
    'dup3',
    'finit_module',
    'init_module',
    'link',
    'linkat',
    'setns',
    'setuid',
    'socket',
    'symlink',
    'symlinkat'
  ],
  ...['unshare', 'userfaultfd']
]

export function manyRules(count: number, kind: RulesKind): string {
  return macros + Array.from({ length: count }, (_, index) => rule(index, condition(index, kind))).join('')
}

function rule(index: number, text: string): string {
  return `
- rule: Rule ${index}
  desc: made up
  condition: >
    ${text}
  output: rule ${index} (file=%fd.name process=%proc.name)
  priority: NOTICE
`
}

function condition(index: number, kind: RulesKind): string {
  if (kind === 'execs') return exec(index)
  if (kind === 'pieces') return `open_read and fd.name contains /app-${index}/ and proc.name != app-${index}`
  if (kind === 'globs') return `open_read and fd.name glob /srv/*/app-${index}/* and proc.name != app-${index}`
  if (kind === 'opens') return open(index)
  // A quarter for opens, a quarter for execs, the rest for one other call each.
  if (index % 4 === 0) return open(index)
  if (index % 4 === 1) return exec(index)
  return `evt.type = ${otherCalls[index % otherCalls.length]} and container and proc.name in (tool-${index}, other-${index})`
}

function open(index: number): string {
  switch (index % 3) {
    case 0:
      return `open_write and fd.name startswith /opt/app-${index}/ and not proc.name in (app-${index}, installer)`
    case 1:
      return `open_read and fd.name in (/etc/app-${index}/key, /etc/app-${index}/token) and proc.name != app-${index}`
    default:
      return `open_write and container and fd.directory = /var/lib/app-${index} and not proc.pname = app-${index}`
  }
}

function exec(index: number): string {
  const names = `proc.name in (tool-${index}, other-${index})`
  return index % 2 === 0
    ? `spawned_process and container and ${names}`
    : `spawned_process and ${names} and proc.tty != 0`
}
