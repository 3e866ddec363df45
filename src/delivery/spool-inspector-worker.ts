/** The thread that looks into the spool's file: it reads what it is asked for, step by step, and writes nothing. */
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf, TercelError } from '../../base/errors.ts'
import { plainError } from '../plain-error.ts'
import type { InspectorRequestName, InspectorWorkerData } from './inspection.ts'
import { inspectorSteps } from './inspector-steps.ts'
import { corruptError } from './spool-database.ts'
import type { FromInspector, ToInspector } from './spool-inspector.ts'
import { sqliteFailure } from './sqlite-errors.ts'

if (parentPort === null) throw new TercelError('TERCEL_DEFECT', 'the spool is looked into in a worker thread')
const port = parentPort
const { file } = workerData as InspectorWorkerData
let steps: ReturnType<typeof inspectorSteps> | undefined

port.on('message', ({ name, give }: ToInspector) => {
  try {
    steps ??= inspectorSteps(new DatabaseSync(file, { readOnly: true, timeout: 1_000 }))
    const step = steps[name] as (give: unknown) => unknown
    port.postMessage({ value: step(give) } satisfies FromInspector)
  } catch (error) {
    port.postMessage({ error: plainError(readError(name, error)) } satisfies FromInspector)
  }
})

function readError(name: InspectorRequestName, error: unknown): TercelError {
  const failure = sqliteFailure(error)
  if (failure === 'corrupt') return corruptError(file, error)
  const code = failure === 'defect' ? 'TERCEL_DEFECT' : 'TERCEL_SPOOL'
  return new TercelError(code, `cannot read ${file} (${name}): ${messageOf(error)}`, { cause: error })
}
