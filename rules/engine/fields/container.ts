/** `container.*`: the container that the process runs in. */

import type { SyscallEvent as Call } from '../../../collector/event.ts'
import { type FieldClass, field } from './field.ts'

const host = 'host'
const shortLength = 12
const requiredKey = { argument: { required: true, of: 'key' } } as const
const mount = { argument: { required: true, of: 'either' } } as const
const probe = { deprecated: 'Probes of containers are not asked for.' }

export const container: FieldClass = {
  name: 'container',
  description: 'The container that the process runs in.',
  sources: ['syscall'],
  fields: [
    field('container.id', 'CHARBUF', 'First 12 digits of the id of the container, or host.', shownId),
    field('container.full_id', 'CHARBUF', 'Id of the container, or host.', ({ process }: Call) =>
      process.containerId === '' ? host : process.containerId
    ),
    field('container.name', 'CHARBUF', 'Name of the container, or host.'),
    field('container.type', 'CHARBUF', 'Runtime of the container, such as containerd.'),
    field('container.image', 'CHARBUF', 'Image of the container, with its tag.'),
    field('container.image.id', 'CHARBUF', 'Id of the image.'),
    field('container.image.repository', 'CHARBUF', 'Repository of the image.'),
    field('container.image.tag', 'CHARBUF', 'Tag of the image.'),
    field('container.image.digest', 'CHARBUF', 'Digest of the image.'),
    field('container.privileged', 'BOOL', 'Whether the container is privileged.'),
    field('container.ip', 'CHARBUF', 'IPv4 address of the container.'),
    field('container.cni.json', 'CHARBUF', 'What the network plugin answered for the pod, as JSON.'),
    field('container.start_ts', 'ABSTIME', 'When the container began, in nanoseconds since the Unix epoch.'),
    field('container.duration', 'RELTIME', 'Nanoseconds since the container began.'),
    field('container.host_pid', 'BOOL', 'Whether it shares the process ids of the host.'),
    field('container.host_network', 'BOOL', 'Whether it shares the network of the host.'),
    field('container.host_ipc', 'BOOL', 'Whether it shares the IPC namespace of the host.'),
    field('container.label', 'CHARBUF', 'One label of the container.', undefined, requiredKey),
    field('container.labels', 'CHARBUF', 'All labels of the container: name:value, separated by commas.'),
    field('container.mounts', 'CHARBUF', 'All mounts: source:destination:mode:writable:propagation each.'),
    field('container.mount', 'CHARBUF', 'One mount, by position or pattern of its source.', undefined, mount),
    field(
      'container.mount.source',
      'CHARBUF',
      'Source of a mount, by position or pattern of its destination.',
      undefined,
      mount
    ),
    field(
      'container.mount.dest',
      'CHARBUF',
      'Destination of a mount, by position or pattern of its source.',
      undefined,
      mount
    ),
    field(
      'container.mount.mode',
      'CHARBUF',
      'Mode of a mount, by position or pattern of its source.',
      undefined,
      mount
    ),
    field(
      'container.mount.rdwr',
      'CHARBUF',
      'Whether a mount, by position or pattern of its source, may be written: true or false.',
      undefined,
      mount
    ),
    field(
      'container.mount.propagation',
      'CHARBUF',
      'Propagation of a mount, by position or pattern of its source.',
      undefined,
      mount
    ),
    field('container.healthcheck', 'CHARBUF', 'Command that checks its health.', undefined, probe),
    field('container.liveness_probe', 'CHARBUF', 'Command of its liveness probe.', undefined, probe),
    field('container.readiness_probe', 'CHARBUF', 'Command of its readiness probe.', undefined, probe)
  ]
}

const shortIds = new Map<string, string>()
const mostShortIds = 4096

/**
 * The id of the container as rules see it. Kept, because cutting it anew for every event would allocate on the path of
 * events that match nothing.
 */
export function shownId({ process }: Call): string | undefined {
  const id = process.containerId
  if (id === '') return host
  if (id === undefined) return undefined
  const known = shortIds.get(id)
  if (known !== undefined) return known
  if (shortIds.size >= mostShortIds) shortIds.clear()
  const short = id.slice(0, shortLength)
  shortIds.set(id, short)
  return short
}
