/** `k8s.*`: the pod that the container belongs to. */

import { type Field, type FieldClass, field } from './field.ts'

const requiredKey = { argument: { required: true, of: 'key' } } as const
/** Of what only the API server of the cluster knows. */
const cluster = { deprecated: 'The API server of the cluster is not asked; use the labels of the pod.' }

export const k8s: FieldClass = {
  name: 'k8s',
  description: 'The pod that the container belongs to.',
  sources: ['syscall'],
  fields: [
    field('k8s.ns.name', 'CHARBUF', 'Namespace of the pod.'),
    field('k8s.pod.name', 'CHARBUF', 'Name of the pod.'),
    field('k8s.pod.id', 'CHARBUF', 'The same as k8s.pod.uid.'),
    field('k8s.pod.uid', 'CHARBUF', 'UID of the pod.'),
    field('k8s.pod.ip', 'CHARBUF', 'IPv4 address of the pod.'),
    field('k8s.pod.sandbox_id', 'CHARBUF', 'First 12 digits of the id of the sandbox of the pod.'),
    field('k8s.pod.full_sandbox_id', 'CHARBUF', 'Id of the sandbox of the pod.'),
    field('k8s.pod.cni.json', 'CHARBUF', 'What the network plugin answered for the pod, as JSON.'),
    field('k8s.pod.label', 'CHARBUF', 'One label of the pod: k8s.pod.label[app].', undefined, requiredKey),
    field('k8s.pod.labels', 'CHARBUF', 'All labels of the pod: name:value, separated by commas.'),
    ...labelled('k8s.ns', 'the namespace'),
    ...named('k8s.rc', 'the replication controller'),
    ...named('k8s.rs', 'the replica set'),
    ...named('k8s.deployment', 'the deployment'),
    ...named('k8s.svc', 'the service')
  ]
}

function named(prefix: string, noun: string): Field[] {
  return [field(`${prefix}.name`, 'CHARBUF', `Name of ${noun}.`, undefined, cluster), ...labelled(prefix, noun)]
}

function labelled(prefix: string, noun: string): Field[] {
  return [
    field(`${prefix}.id`, 'CHARBUF', `Id of ${noun}.`, undefined, cluster),
    field(`${prefix}.label`, 'CHARBUF', `One label of ${noun}.`, undefined, { ...requiredKey, ...cluster }),
    field(`${prefix}.labels`, 'CHARBUF', `All labels of ${noun}.`, undefined, cluster)
  ]
}
