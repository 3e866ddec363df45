/** Output templates: `shell in a container (user=%user.name parent=%proc.aname[2] exe=%basename(proc.exepath))`. */

import { type Problem, TercelError } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import type { OutputValue } from '../alert.ts'
import { Lexer } from './lexer.ts'
import { parseField, parseTransformer } from './operand-parser.ts'
import { type ReadingContext, readingOf } from './operand-reading.ts'
import { printable } from './printable.ts'
import { collect, ruleError } from './problems.ts'
import type { Reading } from './reading.ts'
import { outputText } from './render.ts'
import type { SourceText } from './source-text.ts'

interface Slot {
  readonly reading: Reading
  /** `%10field`: padded or cut to so many characters. */
  readonly width: number | undefined
}

export interface Template {
  /** Every reading of the template, once, in order. */
  readonly readings: readonly Reading[]
  readonly parts: readonly (string | Slot)[]
}

/** A percent sign, the width, and whether an operand can follow. */
const slot = /%(?:%|(\d{1,4})?(?=[A-Za-z]))?/g

/**
 * Compiles the template of a rule. `%%` is a percent sign; a line break is a blank.
 *
 * @throws TercelError TERCEL_RULES with every field that is unknown
 */
export function compileTemplate(template: SourceText, context: ReadingContext): Template {
  const problems: Problem[] = []
  const parts: (string | Slot)[] = []
  const readings = new Map<string, Reading>()
  // A leading * means in Falco: print also where values are missing. Here that is always so.
  const text = template.text.trimEnd()
  let end = text.startsWith('*') ? 1 : 0
  for (const match of text.matchAll(slot)) {
    const { index, 0: found, 1: width } = match
    if (index < end) continue
    parts.push(literal(text.slice(end, index)))
    end = index + found.length
    if (found === '%%') {
      parts.push('%')
      continue
    }
    const lexer = new Lexer(template, end)
    const reading = collect(problems, () => readSlot(lexer, context), 'LOAD_ERR_COMPILE_OUTPUT')
    end = Math.max(end, lexer.position)
    if (reading === undefined) continue
    readings.set(reading.text, reading)
    parts.push({ reading, width: width === undefined ? undefined : Number(width) })
  }
  parts.push(literal(text.slice(end)))
  if (problems.length > 0) throw new TercelError('TERCEL_RULES', 'the output is wrong', { problems })
  return { readings: [...readings.values()], parts: parts.filter(part => part !== '') }
}

/** The text of the template with the values of its readings, by their text. */
export function renderTemplate({ parts }: Template, values: Readonly<Record<string, OutputValue>>): string {
  let text = ''
  for (const part of parts) {
    text += typeof part === 'string' ? part : fit(outputText(values[part.reading.text]!), part.width)
  }
  return text
}

/** The text of a template as a rule may have it: printable, on one line. */
export function printTemplate({ parts }: Template): string {
  return parts
    .map(part =>
      typeof part === 'string' ? part.replaceAll('%', '%%') : `%${part.width ?? ''}${printable(part.reading.text)}`
    )
    .join('')
}

function readSlot(lexer: Lexer, context: ReadingContext): Reading {
  const { place } = lexer
  const name = lexer.name()
  const isField = name?.text.includes('.')
  const operand = name && (isField ? parseField(lexer, name) : parseTransformer(lexer, name, 0))
  if (operand === undefined) throw ruleError('expected a field after %; write %% for a percent sign', place)
  return readingOf(operand, context)
}

function literal(text: string): string {
  return printableText(text.replace(/[ \t]*[\r\n]+[ \t]*/g, ' '))
}

function fit(text: string, width: number | undefined): string {
  if (width === undefined) return text
  const characters = [...text].slice(0, width).join('')
  return characters + ' '.repeat(width - [...characters].length)
}
