/** A field on its own, as text: `proc.aname[2]`. */

import { didYouMean } from '../../base/nearest.ts'
import { type FieldUse, fieldNames, useField } from './fields/registry.ts'
import { Lexer } from './lexer.ts'
import { parseField } from './operand-parser.ts'
import { printable } from './printable.ts'
import { ruleError } from './problems.ts'
import { type SourceText, toBytes } from './source-text.ts'

/**
 * Reads a field with its argument.
 *
 * @param what names the text in messages, such as `as key`
 * @param alsoKnown what could have stood there too, for the nearest name
 * @throws TercelError TERCEL_RULES when it is none that events of the source have
 */
export function fieldOfText(
  text: SourceText,
  source: string,
  what: string,
  alsoKnown: readonly string[] = []
): FieldUse {
  const lexer = new Lexer(text)
  const name = lexer.name()
  const field = name && parseField(lexer, name)
  if (field?.name.includes('.') && lexer.atEnd) return useField(field, source)
  const hint = didYouMean(text.text, [...alsoKnown, ...fieldNames(source)])
  throw ruleError(
    `expected a field such as proc.name ${what}, found ${printable(toBytes(text.text))}${hint}`,
    text.placeAt(0)
  )
}
