/** Output templates: `shell in a container (user=%user.name parent=%proc.aname[2])`. */

import { type Problem, TercelError } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import type { OutputValue } from '../alert.ts'
import { type FieldUse, useField } from './fields/registry.ts'
import { collect, ruleError } from './problems.ts'
import { outputText } from './render.ts'
import type { SourceText } from './source-text.ts'

interface Slot {
  readonly use: FieldUse
  /** `%10field`: padded or cut to so many characters. */
  readonly width: number | undefined
}

export interface Template {
  /** Every field of the template, once, in order. */
  readonly fields: readonly FieldUse[]
  readonly parts: readonly (string | Slot)[]
}

const slot = /%(?:(%)|(\d{1,4})?([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)+)(?:\[([^\]]*)\])?)?/g
const transformed = /^(?:tolower|toupper|b64|basename|len|join|concat|getopt)\(/

/**
 * Compiles the template of a rule for events of `source`. `%%` is a percent sign; a line break is a blank.
 *
 * @throws TercelError TERCEL_RULES with every field that is unknown
 */
export function compileTemplate(template: SourceText, source: string): Template {
  const problems: Problem[] = []
  const parts: (string | Slot)[] = []
  const fields = new Map<string, FieldUse>()
  // A leading * means in Falco: print also where values are missing. Here that is always so.
  const text = template.text.trimEnd()
  let end = text.startsWith('*') ? 1 : 0
  for (const match of text.matchAll(slot)) {
    parts.push(literal(text.slice(end, match.index)))
    end = match.index + match[0].length
    const use = match[1] === undefined ? collect(problems, () => readSlot(template, match, source)) : undefined
    if (match[1] !== undefined) parts.push('%')
    if (use === undefined) continue
    fields.set(use.text, use)
    parts.push({ use, width: match[2] === undefined ? undefined : Number(match[2]) })
  }
  parts.push(literal(text.slice(end)))
  if (problems.length > 0) throw new TercelError('TERCEL_RULES', 'the output is wrong', { problems })
  return { fields: [...fields.values()], parts: parts.filter(part => part !== '') }
}

/** The text of the template with the values of its fields, by their text. */
export function renderTemplate({ parts }: Template, values: Readonly<Record<string, OutputValue>>): string {
  let text = ''
  for (const part of parts) {
    text += typeof part === 'string' ? part : fit(outputText(values[part.use.text]!), part.width)
  }
  return text
}

function readSlot(template: SourceText, match: RegExpExecArray, source: string): FieldUse {
  const [whole, , width = '', name, argument] = match
  const place = template.placeAt(match.index + 1 + width.length)
  if (name !== undefined) return useField({ name, argument, place }, source)
  const rest = template.text.slice(match.index + whole.length)
  if (transformed.test(rest)) throw ruleError('transformers are not supported yet', place)
  throw ruleError('expected a field after %; write %% for a percent sign', place)
}

function literal(text: string): string {
  return printableText(text.replace(/[ \t]*[\r\n]+[ \t]*/g, ' '))
}

function fit(text: string, width: number | undefined): string {
  if (width === undefined) return text
  const characters = [...text].slice(0, width).join('')
  return characters + ' '.repeat(width - [...characters].length)
}
