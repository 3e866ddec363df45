/** A problem as compilers print it: its place and message, the line that it stands in, and a mark under the column. */
import type { Problem } from './errors.ts'
import { printableText } from './printable.ts'
import { cutMark, textWidth } from './text-width.ts'

export type Severity = 'error' | 'warning'

/** Columns of a terminal that a line may take, and how many of them lie before the mark. */
const widest = 100
const mostBefore = 60
const indent = '  '
const tab = '    '

/**
 * `file:line:column: error: message [CODE]`, then the line and the mark where the line is known. It is printable text of
 * at most three lines; a long line is cut around the column.
 */
export function problemText({ message, place, code, line }: Problem, severity: Severity): string {
  const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `
  const head = printableText(`${where}${severity}: ${message}${code === undefined ? '' : ` [${code}]`}`)
  if (place === undefined || line === undefined || line.trim() === '') return head
  const { text, position } = excerpt(line, place.column - 1)
  return `${head}\n${indent}${text}\n${indent}${' '.repeat(position)}^`
}

/** What is shown of a line, and how many columns stand before the character at `index`. */
function excerpt(line: string, index: number): { text: string; position: number } {
  // A character takes two units at the most, so this is more than is shown.
  const before = cellsOf(line.slice(Math.max(0, index - 2 * widest), index))
  const after = cellsOf(line.slice(index, index + 2 * widest))
  const isCut = line.length > 2 * widest || widthOf(before) + widthOf(after) > widest
  const start = isCut ? cellsWithin(before.toReversed(), mostBefore).toReversed() : before
  const end = isCut ? cellsWithin(after, widest - widthOf(start)) : after
  const left = start.length < before.length ? cutMark : ''
  const right = end.length < after.length ? cutMark : ''
  const text = [...start, ...end].map(cell => cell.text).join('')
  return { text: left + text.trimEnd() + right, position: left.length + widthOf(start) }
}

/** One character as it is shown. */
interface Cell {
  readonly text: string
  readonly width: number
}

function cellsOf(text: string): Cell[] {
  return [...text].map(character => {
    const shown = character === '\t' ? tab : printableText(character)
    return { text: shown, width: textWidth(shown) }
  })
}

/** The first of the cells, as many as fit. */
function cellsWithin(cells: readonly Cell[], columns: number): readonly Cell[] {
  let left = columns
  const end = cells.findIndex(({ width }) => {
    left -= width
    return left < 0
  })
  return end === -1 ? cells : cells.slice(0, end)
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { width }) => sum + width, 0)
}
