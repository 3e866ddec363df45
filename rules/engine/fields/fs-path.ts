/**
 * `fs.path.*`: the paths that a call works on, whether or not it has a descriptor. Only calls that succeeded have them: the
 * others have done nothing to any path.
 */

import type { SyscallEvent as Call, Descriptor } from '../../../collector/event.ts'
import { absolutePath, cutMark } from '../../../collector/paths.ts'
import { knownArgument } from './arguments.ts'
import { directoryOf } from './descriptor.ts'
import { type Extraction, type FieldClass, field } from './field.ts'

type ArgumentNames = Readonly<Record<string, string>>

const path = { cost: 3 }
const argument = { cost: 10 }

/** The argument that holds the one path of a call. */
const onlyPath: ArgumentNames = {
  mkdir: 'path',
  mkdirat: 'path',
  rmdir: 'path',
  unlink: 'path',
  unlinkat: 'name',
  chmod: 'filename',
  fchmodat: 'filename',
  chown: 'path',
  lchown: 'path',
  fchownat: 'pathname',
  quotactl: 'special',
  umount: 'name',
  umount2: 'name'
}

/** Calls whose one path is that of the descriptor they were given. */
const onDescriptor = new Set(['fchmod', 'fchown'])

/** Of a link the source is the link itself, and the target what it leads to. */
const sourcePath: ArgumentNames = {
  rename: 'oldpath',
  renameat: 'oldpath',
  renameat2: 'oldpath',
  link: 'newpath',
  linkat: 'newpath',
  symlink: 'linkpath',
  symlinkat: 'linkpath',
  mount: 'dev'
}

const targetPath: ArgumentNames = {
  rename: 'newpath',
  renameat: 'newpath',
  renameat2: 'newpath',
  link: 'oldpath',
  linkat: 'oldpath',
  symlink: 'target',
  symlinkat: 'target',
  mount: 'dir'
}

/** The kernel keeps the text of a symbolic link as it is, and takes it as a path when somebody follows the link. */
const symbolic = new Set(['symlink', 'symlinkat'])

export const fsPath: FieldClass = {
  name: 'fs.path',
  description: 'The paths that a call has worked on; missing for a call that returned an error.',
  sources: ['syscall'],
  fields: [
    field(
      'fs.path.name',
      'CHARBUF',
      'Absolute path, as the kernel resolved it for an open. Tests of an open see the path asked for as well.',
      onlyPaths(),
      path
    ),
    field(
      'fs.path.nameraw',
      'CHARBUF',
      'Path of an open as the process wrote it.',
      (event: Call) => pathDescriptor(event)?.nameRaw,
      path
    ),
    field(
      'fs.path.source',
      'CHARBUF',
      'Absolute path of what is moved, or of the link that is made.',
      (event: Call) => argumentOf(event, sourcePath),
      argument
    ),
    field(
      'fs.path.sourceraw',
      'CHARBUF',
      'Path of what is moved, or of the link that is made, as the process wrote it.'
    ),
    field(
      'fs.path.target',
      'CHARBUF',
      'Absolute path of where it is moved to, or of what the link leads to.',
      targetOf,
      argument
    ),
    field(
      'fs.path.targetraw',
      'CHARBUF',
      'What a symbolic link leads to, as the process wrote it.',
      (event: Call) => (symbolic.has(event.type) ? argumentOf(event, targetPath) : undefined),
      argument
    )
  ]
}

/** The descriptor of a call that has made it from a path, or that works on its path. */
function pathDescriptor({ descriptor, openFlags, result, type }: Call): Descriptor | undefined {
  return result >= 0 && (openFlags !== undefined || onDescriptor.has(type)) ? descriptor : undefined
}

function onlyPaths(): Extraction<Call> {
  const ofArgument = (event: Call) => argumentOf(event, onlyPath)
  return {
    kind: 'paths',
    range: undefined,
    resolved: event => {
      const descriptor = pathDescriptor(event)
      return descriptor === undefined ? ofArgument(event) : (descriptor.name ?? descriptor.nameAsked)
    },
    asked: event => {
      const descriptor = pathDescriptor(event)
      return descriptor === undefined ? ofArgument(event) : (descriptor.nameAsked ?? descriptor.name)
    },
    of: name => name
  }
}

function argumentOf(event: Call, names: ArgumentNames): string | undefined {
  return event.result >= 0 ? knownArgument(event, names[event.type]) : undefined
}

function targetOf(event: Call): string | undefined {
  const target = argumentOf(event, targetPath)
  if (target === undefined || !symbolic.has(event.type)) return target
  const link = argumentOf(event, sourcePath)
  // What is left of a link's path whose end was cut does not tell its directory.
  const directory = link === undefined || link.endsWith(cutMark) ? undefined : directoryOf(link)
  return absolutePath(target, directory)
}
