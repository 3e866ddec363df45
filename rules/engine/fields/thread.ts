/** `thread.*`: the thread that made the call. */

import type { SyscallEvent as Call } from '../../../collector/event.ts'
import { type FieldClass, field } from './field.ts'

const requiredKey = { argument: { required: true, of: 'key' } } as const

export const thread: FieldClass = {
  name: 'thread',
  description: 'The thread that made the call.',
  sources: ['syscall'],
  fields: [
    field('thread.tid', 'INT64', 'Id of the thread that made the call.', (event: Call) => event.tid),
    field('thread.vtid', 'INT64', 'Id of the thread in its own namespace.'),
    field(
      'thread.name',
      'CHARBUF',
      'Name of the thread, which may differ from that of its process.',
      (event: Call) => event.threadName
    ),
    field(
      'thread.nametid',
      'CHARBUF',
      'Name of the process and id of the thread, joined.',
      ({ process, tid }: Call) => `${process.name}${tid}`,
      { cost: 3 }
    ),
    field('thread.ismain', 'BOOL', 'Whether it is the main thread.', (event: Call) => event.tid === event.process.pid),
    field('thread.cap_permitted', 'CHARBUF', 'Permitted capabilities, separated by blanks.'),
    field('thread.cap_effective', 'CHARBUF', 'Effective capabilities, separated by blanks.'),
    field('thread.cap_inheritable', 'CHARBUF', 'Inheritable capabilities, separated by blanks.'),
    field('thread.cgroup', 'CHARBUF', 'Control group of one subsystem: thread.cgroup.cpu.', undefined, requiredKey),
    field('thread.cgroups', 'CHARBUF', 'Control groups of all subsystems.'),
    field('thread.pfmajor', 'UINT64', 'Page faults since its start that needed the disk.'),
    field('thread.pfminor', 'UINT64', 'Page faults since its start that needed no disk.'),
    field('thread.exectime', 'RELTIME', 'Nanoseconds of CPU time since it was last scheduled.'),
    field('thread.totexectime', 'RELTIME', 'Nanoseconds of CPU time since tercel began.'),
    field('thread.cpu', 'UINT64', 'CPU time in the last second, in percent.'),
    field('thread.cpu.user', 'UINT64', 'CPU time in the last second outside of the kernel, in percent.'),
    field('thread.cpu.system', 'UINT64', 'CPU time in the last second in the kernel, in percent.'),
    field('thread.vmsize', 'UINT64', 'Virtual memory of the process, in KiB; 0 but for the main thread.'),
    field('thread.vmrss', 'UINT64', 'Resident memory of the process, in KiB; 0 but for the main thread.'),
    field('thread.vmsize.b', 'UINT64', 'The same as thread.vmsize, in bytes.'),
    field('thread.vmrss.b', 'UINT64', 'The same as thread.vmrss, in bytes.')
  ]
}
