/** How benchmarks say what they found. */

/** Runs of each measurement; its median counts. */
export const runs = 5

/** Says on standard error, which is no part of the result, what is going to be done and about how long it takes. */
export function announce(what: string, minutes: number): void {
  process.stderr.write(`${what}: about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}\n`)
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

/** Three digits, which is more than a shared machine can promise. */
export function figure(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en')
}

/** A Markdown table; the first column is text, the others are numbers. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const rule = `|---|${'--:|'.repeat(header.length - 1)}\n`
  return line(header) + rule + rows.map(line).join('')
}
