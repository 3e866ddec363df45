import { sampleCall, sampleProcess } from '../../support.ts'
import { containerId, host, open, testValues } from './support.ts'

const untold = sampleCall({ process: sampleProcess({ containerId: undefined }) })

testValues([
  ['container.id', open, '0123456789ab'],
  ['container.id', host, 'host'],
  ['container.id', untold, null],
  ['container.full_id', open, containerId],
  ['container.full_id', host, 'host'],
  ['container.full_id', untold, null],
  ['container.image.repository', open, null],
  ['container.mount.dest[/proc*]', open, null],
  ['container.mount.dest[0]', open, null],
  ['container.label.app', open, null],
  ['k8s.ns.name', open, null],
  ['k8s.pod.label.app', open, null]
])
