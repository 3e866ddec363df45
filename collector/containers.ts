/** Which container a process belongs to, as its cgroup tells. */

/**
 * A component of 64 hexadecimal digits, alone or behind the runtime's prefix (`docker-….scope`, `cri-containerd-…`,
 * `crio-…`, `libpod-…`; `….slice:cri-containerd:…` where the kubelet uses systemd and the runtime does not). The monitors
 * of CRI-O and podman (`crio-conmon-…`, `libpod-conmon-…`) run on the host.
 */
const containerComponent = /^(?:[a-z-]+-|[^:]+:[a-z-]+:)?([0-9a-f]{64})(?:\.scope)?$/
const monitorComponent = /^(?:crio|libpod)-conmon-/

/** The full id of the innermost container that the cgroup path names, or an empty string on the host. */
export function containerIdOf(cgroupPath: string): string {
  if (cgroupPath.length < 64) return ''
  const components = cgroupPath.split('/')
  for (let i = components.length - 1; i >= 0; i--) {
    const component = components[i]!
    if (component.length < 64 || monitorComponent.test(component)) continue
    const match = containerComponent.exec(component)
    if (match !== null) return match[1]!
  }
  return ''
}
