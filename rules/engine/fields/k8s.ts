/** `k8s.*`: the pod that the container belongs to. */

import { type FieldClass, field } from './field.ts'

const requiredKey = { argument: { required: true, of: 'key' } } as const

export const k8s: FieldClass = {
  name: 'k8s',
  sources: ['syscall'],
  fields: [
    field('k8s.ns.name', 'CHARBUF', 'Namespace of the pod.'),
    field('k8s.pod.name', 'CHARBUF', 'Name of the pod.'),
    field('k8s.pod.id', 'CHARBUF', 'The same as k8s.pod.uid.'),
    field('k8s.pod.uid', 'CHARBUF', 'UID of the pod.'),
    field('k8s.pod.ip', 'CHARBUF', 'Address of the pod.'),
    field('k8s.pod.sandbox_id', 'CHARBUF', 'First 12 digits of the id of the sandbox of the pod.'),
    field('k8s.pod.full_sandbox_id', 'CHARBUF', 'Id of the sandbox of the pod.'),
    field('k8s.pod.cni.json', 'CHARBUF', 'What the network plugin answered for the pod.'),
    field('k8s.pod.label', 'CHARBUF', 'One label of the pod.', undefined, requiredKey),
    field('k8s.pod.labels', 'CHARBUF', 'All labels of the pod.')
  ]
}
