/** What a schema or a check found in a tree, as problems with their places in the file. */
import type { Problem } from '../base/errors.ts'
import type { PlacedTree, Pointer } from './document.ts'
import { type Finding, printableName } from './explain.ts'

export function placedProblems(tree: PlacedTree, findings: readonly Finding[]): Problem[] {
  return findings.map(({ pointer, at, message }) => ({
    message: at === 'value' && pointer !== '' ? `${readable(pointer)}: ${message}` : message,
    place: at === 'key' ? tree.keyPlace(pointer) : tree.valuePlace(pointer)
  }))
}

/** `/outputs/0/format` as `outputs[0].format`. */
export function readable(pointer: Pointer): string {
  const keys = pointer
    .slice(1)
    .split('/')
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  return keys
    .map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : `${index > 0 ? '.' : ''}${printableName(key)}`))
    .join('')
}
