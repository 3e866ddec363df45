/** `tercel rules check`: everything that the loader has to say of rule files. */
import { Command } from 'commander'
import type { Problem } from '../../../base/errors.ts'
import { printableJson } from '../../../base/printable.ts'
import type { Severity } from '../../../base/problem-text.ts'
import { type CheckedRules, checkRuleFiles } from '../../../rules/engine/load.ts'
import { count } from '../../count.ts'
import { print } from '../../print.ts'
import { printedProblem } from '../../problems.ts'
import { untracedCalls } from '../../rules.ts'
import { exitCodeOfRules } from '../options.ts'

interface CheckOptions {
  readonly strict?: true
  readonly json?: true
}

export const checkCommand = new Command('check')
  .description('check rule files, and name every error and warning with its line')
  .argument('<file...>', 'rule files, which are loaded together in this order')
  .option('--strict', 'a warning gives exit code 78 too')
  .option('--json', 'as JSON: one object')
  .addHelpText('after', '\nExit codes: 0 no error; 78 an error.')
  .action(async (files: readonly string[], { strict, json }: CheckOptions) => {
    const checked = await checkRuleFiles(files, { warningsOf: untracedCalls })
    const ok = checked.problems.length === 0 && (strict === undefined || checked.warnings.length === 0)
    await print(json ? `${printableJson(jsonOf(ok, files, checked))}\n` : textOf(files, checked))
    if (!ok) process.exitCode = exitCodeOfRules
  })

/** Errors and warnings in the order of the files and lines, then a line that sums up. */
function textOf(files: readonly string[], { rules, problems, warnings }: CheckedRules): string {
  const findings = [
    ...problems.map(problem => ({ problem, severity: 'error' as const })),
    ...warnings.map(problem => ({ problem, severity: 'warning' as const }))
  ]
  const position = ({ place }: Problem) =>
    place === undefined ? [-1, 0, 0] : [files.indexOf(place.file), place.line, place.column]
  const inOrder = findings.toSorted((a, b) => compare(position(a.problem), position(b.problem)))
  const lines = inOrder.map(({ problem, severity }: { problem: Problem; severity: Severity }) =>
    printedProblem(problem, severity)
  )
  const found = [count(rules.length, 'rule'), count(problems.length, 'error'), count(warnings.length, 'warning')]
  return `${[...lines, `${count(files.length, 'file')}: ${found.join(', ')}`].join('\n')}\n`
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((number, each) => number !== b[each])
  return index === -1 ? 0 : a[index]! - b[index]!
}

/** The form that programs read; it stays as it is. */
function jsonOf(ok: boolean, files: readonly string[], { rules, problems, warnings }: CheckedRules): object {
  return { ok, files, rules: rules.length, errors: problems.map(problemJson), warnings: warnings.map(problemJson) }
}

function problemJson({ code, message, place, line }: Problem): object {
  return {
    code: code ?? null,
    message,
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    text: line ?? null
  }
}
