/** The operands of tests: fields with their arguments, and transformers of them. */

import {
  type FieldReference,
  type Operand,
  type TransformerArgument,
  type TransformerCall,
  type TransformerName,
  transformerNames
} from './ast.ts'
import type { Lexer, Token } from './lexer.ts'
import { ruleError } from './problems.ts'

/** Transformers within each other. */
const nestingLimit = 100

/** The rest of a field whose name has been read. */
export function parseField(lexer: Lexer, { text: name, place }: Token): FieldReference {
  return { kind: 'field', name, argument: lexer.take('[') ? lexer.argument() : undefined, place }
}

/** The rest of a transformer whose name has been read; undefined when it is none. */
export function parseTransformer(lexer: Lexer, { text, place }: Token, depth: number): TransformerCall | undefined {
  const name = transformerNames.find(each => each === text)
  const opened = lexer.place
  if (name === undefined || !lexer.take('(')) return undefined
  if (depth > nestingLimit) throw ruleError(`transformers are nested more than ${nestingLimit} levels deep`, place)
  const args = parseArguments(lexer, opened, depth + 1)
  const index = name === 'getopt' && lexer.take('[') ? lexer.argument() : undefined
  return { kind: 'transformer', name, args, index, place }
}

/** An operand if one comes next; `transformer` leaves out fields, which stand for text where values may stand. */
export function parseOperand(lexer: Lexer, depth: number, kind: 'any' | 'transformer'): Operand | undefined {
  const name = kind === 'any' ? lexer.name() : lexer.call(transformerNames as readonly TransformerName[])
  if (name === undefined) return undefined
  const transformer = parseTransformer(lexer, name, depth)
  if (transformer !== undefined) return transformer
  if (name.text.includes('.')) return parseField(lexer, name)
  throw ruleError(`expected a field, a transformer or a text in quotes, found ${name.text}`, name.place)
}

/** The arguments after an opening parenthesis, with the closing one. */
function parseArguments(lexer: Lexer, opened: Token['place'], depth: number): TransformerArgument[] {
  const args: TransformerArgument[] = []
  for (;;) {
    args.push(parseArgument(lexer, depth))
    lexer.skipBlanks()
    if (lexer.take(')')) return args
    if (lexer.atEnd) throw ruleError('this parenthesis is never closed', opened)
    if (!lexer.take(',')) throw ruleError(`expected a comma or ), found ${lexer.nextWord()}`, lexer.place)
  }
}

function parseArgument(lexer: Lexer, depth: number): TransformerArgument {
  lexer.skipBlanks()
  const { place } = lexer
  if (lexer.take('(')) {
    if (depth > nestingLimit) throw ruleError(`transformers are nested more than ${nestingLimit} levels deep`, place)
    return { kind: 'tuple', items: parseArguments(lexer, place, depth + 1), place }
  }
  const argument = lexer.quotedValue() ?? parseOperand(lexer, depth, 'any')
  if (argument !== undefined) return argument
  throw ruleError(`expected a field, a transformer or a text in quotes, found ${lexer.nextWord()}`, place)
}
