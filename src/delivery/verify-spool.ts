/** Checks all of a spool while it works: the file's structure, what is in it, and that memory knows the same. */
import type { CheckedRows, VerifyProgress, VerifyReport } from './inspection.ts'
import type { SpoolInspector } from './spool-inspector.ts'
import type { SpoolLink } from './spool-link.ts'

const maxProblems = 100

type Step = (after: number) => Promise<CheckedRows>

/** The pages, table by table; the rows, some at a time; then the index, the cursors and the books. */
export async function verifySpool(
  link: SpoolLink,
  inspector: SpoolInspector,
  onProgress: (progress: VerifyProgress) => void
): Promise<VerifyReport> {
  const start = performance.now()
  const problems: string[] = []
  const found = (texts: readonly string[]) => problems.push(...texts.slice(0, maxProblems - problems.length))
  const checkRows = async (step: string, total: number, next: Step) => {
    let done = 0
    let rows: CheckedRows | undefined
    do {
      rows = await next(rows?.after ?? 0)
      done += rows.count
      found(rows.problems)
      onProgress({ step, done, total: Math.max(done, total) })
    } while (!rows.done)
    return done
  }
  const tables = await inspector.ask('tables', {})
  for (const [at, table] of tables.entries()) {
    found(await inspector.ask('checkTable', { table }))
    onProgress({ step: 'pages', done: at + 1, total: tables.length })
  }
  const isSound = problems.length === 0
  const status = await link.ask('status', {}).answer
  const alerts = await checkRows('alerts', status.alerts, after => inspector.ask('checkAlerts', { after }))
  const deadLetters = await checkRows('dead letters', status.deadLetters.count, after =>
    inspector.ask('checkDeadLetters', { after })
  )
  // The spool's own thread would end where it reads a damaged page, and what it still delivers with it.
  if (isSound) await checkRows('outputs', status.alerts, after => link.ask('checkIndex', { after }).answer)
  const ms = Math.round(performance.now() - start)
  return { ok: problems.length === 0, problems, alerts, deadLetters, ms }
}
