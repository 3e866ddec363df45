/** `container.*`: the container that the process runs in. */

import type { SyscallEvent as Call } from '../../../collector/event.ts'
import { type FieldClass, field } from './field.ts'

const host = 'host'
const shortLength = 12
const requiredKey = { argument: { required: true, of: 'key' } } as const

export const container: FieldClass = {
  name: 'container',
  sources: ['syscall'],
  fields: [
    field('container.id', 'CHARBUF', 'First 12 digits of the id of the container, or host.', ({ process }: Call) =>
      shortId(process.containerId)
    ),
    field('container.full_id', 'CHARBUF', 'Id of the container, or host.', ({ process }: Call) =>
      process.containerId === '' ? host : process.containerId
    ),
    field('container.name', 'CHARBUF', 'Name of the container.'),
    field('container.type', 'CHARBUF', 'Runtime of the container, such as containerd.'),
    field('container.image', 'CHARBUF', 'Image of the container.'),
    field('container.image.id', 'CHARBUF', 'Id of the image.'),
    field('container.image.repository', 'CHARBUF', 'Repository of the image.'),
    field('container.image.tag', 'CHARBUF', 'Tag of the image.'),
    field('container.image.digest', 'CHARBUF', 'Digest of the image.'),
    field('container.privileged', 'BOOL', 'Whether the container is privileged.'),
    field('container.ip', 'CHARBUF', 'Address of the container.'),
    field('container.start_ts', 'ABSTIME', 'When the container began.'),
    field('container.duration', 'RELTIME', 'Time since the container began.'),
    field('container.host_pid', 'BOOL', 'Whether it shares the process ids of the host.'),
    field('container.host_network', 'BOOL', 'Whether it shares the network of the host.'),
    field('container.host_ipc', 'BOOL', 'Whether it shares the IPC namespace of the host.'),
    field('container.label', 'CHARBUF', 'One label of the container.', undefined, requiredKey),
    field('container.labels', 'CHARBUF', 'All labels of the container.'),
    field('container.mounts', 'CHARBUF', 'All mounts of the container.'),
    field('container.mount', 'CHARBUF', 'One mount, by position or pattern of its source.', undefined, requiredKey),
    field(
      'container.mount.source',
      'CHARBUF',
      'Source of a mount, by position or pattern of its destination.',
      undefined,
      requiredKey
    ),
    field(
      'container.mount.dest',
      'CHARBUF',
      'Destination of a mount, by position or pattern of its source.',
      undefined,
      requiredKey
    ),
    field('container.mount.mode', 'CHARBUF', 'Mode of a mount.', undefined, requiredKey),
    field('container.mount.rdwr', 'CHARBUF', 'Whether a mount may be written.', undefined, requiredKey),
    field('container.mount.propagation', 'CHARBUF', 'Propagation of a mount.', undefined, requiredKey)
  ]
}

const shortIds = new Map<string, string>()
const mostShortIds = 4096

/** Kept, because cutting the id anew for every event would allocate on the path of events that match nothing. */
function shortId(id: string | undefined): string | undefined {
  if (id === '') return host
  if (id === undefined) return undefined
  const known = shortIds.get(id)
  if (known !== undefined) return known
  if (shortIds.size >= mostShortIds) shortIds.clear()
  const short = id.slice(0, shortLength)
  shortIds.set(id, short)
  return short
}
