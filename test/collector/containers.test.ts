import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { containerIdOf } from '../../collector/containers.ts'

const id = '0123456789abcdef'.repeat(4)
const other = 'fedcba9876543210'.repeat(4)
const uid = '6e1c1d4a-7b1f-4a53-9a8d-0d7c3b3f1f0e'
const slice = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`

describe('the cgroup path of a container names it', () => {
  const cases: readonly [what: string, path: string][] = [
    ['Docker, cgroupfs', `/docker/${id}`],
    ['Docker, systemd', `/system.slice/docker-${id}.scope`],
    ['Docker of a user', `/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${id}.scope`],
    ['containerd under Kubernetes, cgroupfs', `/kubepods/burstable/pod${uid}/${id}`],
    ['containerd under Kubernetes, guaranteed', `/kubepods/pod${uid}/${id}`],
    ['containerd under Kubernetes, systemd', `${slice}/cri-containerd-${id}.scope`],
    ['containerd, slice of the kubelet in its own folder', `/system.slice/containerd.service/${slice.slice(1)}/${id}`],
    ['containerd, when only the kubelet uses systemd', `/kubepods-pod${uid}.slice:cri-containerd:${id}`],
    ['containerd, the namespace of ctr', `/k8s.io/${id}`],
    ['CRI-O, systemd', `${slice}/crio-${id}.scope`],
    ['CRI-O, cgroupfs', `/kubepods/besteffort/pod${uid}/crio-${id}`],
    ['CRI-O, the folder within the scope', `${slice}/crio-${id}.scope/container`],
    ['podman, systemd', `/machine.slice/libpod-${id}.scope`],
    ['podman, split', `/machine.slice/libpod-${id}.scope/container`],
    ['podman, cgroupfs', `/libpod_parent/libpod-${id}`],
    ['podman, payload', `/machine.slice/libpod-payload-${id}`],
    ['plain runc', `/${id}`],
    ['plain runc in a folder', `/user.slice/${id}`],
    ['a folder made by the container', `/docker/${id}/init.scope`],
    ['a container in a container', `/docker/${other}/docker/${id}`],
    ['a node of kind, with a pod in it', `/docker/${other}/kubelet/kubepods/pod${uid}/${id}`],
    ['a conmon of a container in a container', `/docker/${id}/libpod-conmon-${other}.scope`]
  ]
  for (const [what, path] of cases) test(what, () => assert.equal(containerIdOf(path), id))
})

describe('other cgroup paths name no container', () => {
  const cases: readonly [what: string, path: string][] = [
    ['nothing', ''],
    ['the root', '/'],
    ['init', '/init.scope'],
    ['a service', '/system.slice/containerd.service'],
    ['a session', '/user.slice/user-1000.slice/session-3.scope'],
    ['a pod without a container', `/kubepods/burstable/pod${uid}`],
    ['the slice of a pod', slice],
    ['the monitor of podman', `/machine.slice/libpod-conmon-${id}.scope`],
    ['the monitor of CRI-O', `/kubepods.slice/crio-conmon-${id}.scope`],
    ['63 digits', `/docker/${id.slice(1)}`],
    ['65 digits', `/docker/${id}0`],
    ['upper case', `/docker/${id.toUpperCase()}`],
    ['a letter that is no digit', `/docker/g${id.slice(1)}`],
    ['another suffix', `/system.slice/docker-${id}.service`],
    ['something behind the suffix', `/system.slice/docker-${id}.scope.d`],
    ['no hyphen behind the prefix', `/system.slice/docker${id}.scope`],
    ['a line feed behind the digits', `/docker/${id}\n`],
    ['a long path', `/${'a-'.repeat(2000)}`]
  ]
  for (const [what, path] of cases) test(what, () => assert.equal(containerIdOf(path), ''))
})
