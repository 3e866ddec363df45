/** `fd.*`: the descriptor that the call made or worked on; the ends of a socket stand in fd-socket.ts. */

import type { SyscallEvent as Call } from '../../../collector/event.ts'
import { knownArgument } from './arguments.ts'
import { shownId } from './container.ts'
import { descriptorType, directoryOf, isPath, pathRanges, paths } from './descriptor.ts'
import { socketFields } from './fd-socket.ts'
import { type Extraction, type FieldClass, field } from './field.ts'

const path = { cost: 3 }
const argument = { cost: 10 }

export const fd: FieldClass = {
  name: 'fd',
  description: 'The descriptor that the call made or worked on: a file or a socket.',
  sources: ['syscall'],
  fields: [
    field('fd.num', 'INT64', 'Number of the descriptor; -1 when the call failed to make one.', numberOf),
    field(
      'fd.type',
      'CHARBUF',
      'Type: file, directory, ipv4, ipv6, unix, netlink, pipe, other.',
      (event: Call) => descriptorType(event)?.name
    ),
    field(
      'fd.typechar',
      'CHARBUF',
      'Type as a letter: f, d, 4, 6, u, n, p, o.',
      (event: Call) => descriptorType(event)?.char
    ),
    field(
      'fd.name',
      'CHARBUF',
      'Path of the file as the kernel resolved it, or the two ends of a connection. Tests see the path asked for as well.',
      paths(name => name, pathRanges.name),
      path
    ),
    field(
      'fd.nameraw',
      'CHARBUF',
      'Path as the process wrote it.',
      { kind: 'one', read: ({ descriptor }: Call) => descriptor?.nameRaw, range: pathRanges.nameRaw },
      path
    ),
    field(
      'fd.directory',
      'CHARBUF',
      'Directory of the file.',
      paths((name, event) => (isPath(event) ? directoryOf(name) : undefined), pathRanges.directory),
      path
    ),
    field(
      'fd.filename',
      'CHARBUF',
      'Name of the file without its directory.',
      paths((name, event) => (isPath(event) ? name.slice(name.lastIndexOf('/') + 1) : undefined), pathRanges.file),
      path
    ),
    field(
      'fd.uid',
      'CHARBUF',
      'Process id and number of the descriptor, joined.',
      ({ descriptor, process }: Call) =>
        descriptor?.number === undefined ? undefined : `${process.pid}${descriptor.number}`,
      path
    ),
    ...socketFields,
    field('fd.dev', 'INT64', 'Number of the device that holds the file that was opened.', deviceOf, argument),
    field('fd.dev.major', 'INT64', 'Major number of the device of fd.dev.', majorOf, argument),
    field('fd.dev.minor', 'INT64', 'Minor number of the device of fd.dev.', minorOf, argument),
    field('fd.ino', 'INT64', 'Inode number of the file that was opened.', inodeOf, argument),
    field('fd.is_upper_layer', 'BOOL', 'Whether the file was added to the running container, or changed in it.'),
    field('fd.is_lower_layer', 'BOOL', 'Whether the file comes from the image.'),
    field(
      'fd.containername',
      'CHARBUF',
      'Id of the container, a colon and fd.name.',
      inContainer(name => name),
      path
    ),
    field(
      'fd.containerdirectory',
      'CHARBUF',
      'Id of the container, a colon and fd.directory.',
      inContainer((name, event) => (isPath(event) ? directoryOf(name) : undefined)),
      path
    ),
    field(
      'fd.types',
      'CHARBUF',
      'Types of all descriptors of the process, or of one of them: fd.types[0].',
      undefined,
      {
        argument: { required: false, of: 'index' },
        shape: 'list'
      }
    )
  ]
}

function numberOf({ descriptor, result }: Call): number | undefined {
  return descriptor && (descriptor.number ?? (result < 0 ? -1 : undefined))
}

function inContainer(of: (name: string, event: Call) => string | undefined): Extraction<Call> {
  return paths((name, event) => {
    const id = shownId(event)
    const shown = of(name, event)
    return id === undefined || shown === undefined ? undefined : `${id}:${shown}`
  })
}

/** Of an open that succeeded: where the file is not known, the call says 0, which no file has. */
function inodeOf(event: Call): number | undefined {
  return event.openFlags === undefined ? undefined : Number(knownArgument(event, 'ino')) || undefined
}

/** As stat(2) shows it: include/linux/kdev_t.h, new_encode_dev. */
function deviceOf(event: Call): number | undefined {
  const device = inodeOf(event) === undefined ? undefined : knownArgument(event, 'dev')
  return device === undefined ? undefined : Number(device)
}

function majorOf(event: Call): number | undefined {
  const device = deviceOf(event)
  return device === undefined ? undefined : (device >>> 8) & 0xfff
}

function minorOf(event: Call): number | undefined {
  const device = deviceOf(event)
  return device === undefined ? undefined : (device & 0xff) | ((device >>> 12) & 0xfff00)
}
