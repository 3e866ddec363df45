/** The text of a YAML scalar that knows where each of its characters stands in the file, whatever the scalar's style. */

import type { LineCounter, Scalar } from 'yaml'
import type { Place } from '../../base/errors.ts'
import type { SourceText } from './source-text.ts'

/** A YAML file that is being read. */
export interface YamlFile {
  readonly path: string
  readonly text: string
  readonly lines: LineCounter
}

/** The place of a character of the file. */
export function placeOf({ path, lines }: YamlFile, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { file: path, line, column: col }
}

/**
 * Folding changes nothing but blanks, so the characters that are not blank stand in the file in the same order as in
 * the value: they are counted in both. A blank stands where the character before it ends.
 */
export function scalarText(file: YamlFile, scalar: Scalar): SourceText {
  const text = String(scalar.value ?? '')
  const [start, end] = scalar.range ?? [0, 0]
  let offsets: number[] | undefined
  return {
    text,
    placeAt(index) {
      offsets ??= align(text, file.text.slice(start, end), start)
      return placeOf(file, offsets[index] ?? start)
    }
  }
}

/** For each character of `value`, and for its end, the offset in the file. */
function align(value: string, source: string, start: number): number[] {
  const visible = visibleOffsets(source)
  const offsets: number[] = []
  let seen = 0
  for (const character of value.split('')) {
    offsets.push(start + (isBlank(character) ? endOf(visible, seen) : (visible[seen++] ?? source.length)))
  }
  return [...offsets, start + endOf(visible, seen)]
}

function endOf(visible: readonly number[], seen: number): number {
  return seen === 0 ? (visible[0] ?? 0) : (visible[seen - 1] ?? -1) + 1
}

function isBlank(character: string): boolean {
  return /\s/.test(character)
}

/** The offsets in `source` of what stands for the characters that are not blank. */
function visibleOffsets(source: string): number[] {
  switch (source[0]) {
    case '|':
    case '>':
      return offsetsOf(source, /\S/g, source.search(/\n|$/))
    case "'":
      return offsetsOf(source.slice(0, -1), /''|\S/g, 1)
    case '"':
      return offsetsOf(source.slice(0, -1), /\\(?:x..|u.{4}|U.{8}|\r?\n|[\s\S])|\S/g, 1)
    default:
      return offsetsOf(source, /\S/g, 0)
  }
}

function offsetsOf(source: string, unit: RegExp, from: number): number[] {
  unit.lastIndex = from
  return [...source.matchAll(unit)].flatMap(({ index, 0: text }) => Array(visibleLength(text)).fill(index))
}

/** How many characters of the value, blanks left out, a unit of the source stands for. */
function visibleLength(unit: string): number {
  if (unit[0] !== '\\' || unit.length === 1) return 1
  const code = Number.parseInt(/^\\[xuU]([0-9a-fA-F]+)$/.exec(unit)?.[1] ?? '', 16)
  if (code <= 0x10ffff) return String.fromCodePoint(code).replace(/\s/g, '').length
  return /^\\[\s_LPnrtvf]/.test(unit) ? 0 : 1
}
