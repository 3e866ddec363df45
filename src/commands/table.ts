/** Tables on a terminal. */
import { cutText, textWidth } from '../../base/text-width.ts'

const gap = '  '

/** No column is made narrower than this to fit; the first, by which a row is known, only after the others. */
const narrow = 13
const narrowFirst = 30
const narrowest = 8

/**
 * Rows of printable text in columns, a line for each row. Where they are wider than `width`, the widest columns are cut, so
 * that a terminal does not wrap lines.
 */
export function table(rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY): string {
  const widths = fitted(columnWidths(rows), width)
  const lines = rows.map(row => row.map((cell, column) => padded(cutText(cell, widths[column]!), widths[column]!)))
  return lines.map(cells => `${cells.join(gap).trimEnd()}\n`).join('')
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const columns = rows[0]?.length ?? 0
  return Array.from({ length: columns }, (_, column) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[column]!)), 0)
  )
}

function fitted(widths: readonly number[], width: number): number[] {
  const fitting = [...widths]
  let excess = fitting.reduce((sum, each) => sum + each, gap.length * (fitting.length - 1)) - width
  const shrink = (leastOf: (column: number) => number) => {
    while (excess > 0) {
      const canShrink = fitting.map((each, column) => (each > leastOf(column) ? each : 0))
      const widest = Math.max(...canShrink)
      if (widest === 0) return
      fitting[canShrink.indexOf(widest)]!--
      excess--
    }
  }
  shrink(column => (column === 0 ? Number.POSITIVE_INFINITY : narrow))
  shrink(column => (column === 0 ? narrowFirst : narrow))
  shrink(() => narrowest)
  return fitting
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - textWidth(cell)))
}
