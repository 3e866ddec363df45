/** What the readers of the parts of a test file share. */
import { type Document, isScalar, type Node } from 'yaml'
import type { Place } from '../../base/errors.ts'
import type { Report } from '../../rules/engine/problems.ts'
import type { YamlFile } from '../../rules/engine/yaml-text.ts'

/** Where a part stands, and whom its reader tells what is wrong. */
export interface Part {
  readonly file: YamlFile
  readonly document: Document
  readonly report: Report
}

export const scalarKinds = 'a text, a number, true or false, or a list of them'

export function problem(report: Report, message: string, place: Place): void {
  report.problems.push({ message, place, code: 'LOAD_ERR_YAML_VALIDATE' })
}

/** Nothing, or a word without quotes that YAML takes for nothing. */
export function isEmptyNode(node: Node | undefined): boolean {
  if (node === undefined) return true
  return isScalar(node) && node.type === 'PLAIN' && /^(|~|null)$/.test(String(node.value ?? ''))
}
