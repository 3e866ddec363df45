/** Operands of conditions and outputs as readings: fields, and what transformers make of fields. */

import type { Event } from '../../collector/event.ts'
import { fieldText, type Operand, type TransformerArgument, type TransformerCall } from './ast.ts'
import type { Context, Extraction, FieldType, Scalar } from './fields/field.ts'
import { type FieldUse, useField } from './fields/registry.ts'
import { mapExtraction } from './mapped-extraction.ts'
import { printOperand } from './print.ts'
import { ruleError } from './problems.ts'
import { allOf, firstOf, isList, type Reading } from './reading.ts'
import { pieceOf, readOptions, type UnaryTransformer, unaryTransformers } from './transformers.ts'

/** Where operands are read: from events of one source. */
export interface ReadingContext {
  readonly source: string
  /** How the value of a field is found in an event. */
  readonly extractionOf: (use: FieldUse) => Extraction | undefined
  /** Told of every field that is read. */
  readonly onField: (use: FieldUse, place: Operand['place']) => void
}

/** Reads one value; undefined when it is missing. */
type ReadOne = (event: Event, context: Context) => Scalar | undefined
/**
 * The reading of an operand.
 *
 * @throws TercelError TERCEL_RULES for a field or an argument that does not fit
 */
export function readingOf(operand: Operand, context: ReadingContext): Reading {
  if (operand.kind === 'transformer') return transformed(operand, context)
  const use = useField(operand, context.source)
  context.onField(use, operand.place)
  const { type, shape, cost } = use.field
  const extraction = context.extractionOf(use)
  const isOneAncestor = shape === 'ancestors' && use.argument !== undefined
  return {
    text: fieldText(operand),
    type,
    shape: isOneAncestor ? 'one' : shape,
    extraction: extraction?.kind === 'ancestors' && isOneAncestor ? { kind: 'one', read: extraction.read } : extraction,
    argument: use.argument,
    cost
  }
}

function transformed(call: TransformerCall, context: ReadingContext): Reading {
  switch (call.name) {
    case 'concat':
      return concatenated(call, call.args, '', context)
    case 'join':
      return joined(call, context)
    case 'getopt':
      return options(call, context)
    default:
      return mapped(call, unaryTransformers.get(call.name)!, context)
  }
}

/** A transformer of one argument, applied to each value that the argument has. */
function mapped(call: TransformerCall, transformer: UnaryTransformer, context: ReadingContext): Reading {
  const [argument, ...rest] = call.args
  if (argument === undefined || rest.length > 0) throw ruleError(`${call.name}() takes one argument`, call.place)
  if (argument.kind === 'value' || argument.kind === 'tuple') {
    throw ruleError(`${call.name}() takes a field or a transformer`, argument.place)
  }
  const inner = readingOf(argument, context)
  const text = printOperand(call)
  if (call.name === 'len' && isList(inner)) {
    return oneOf(text, 'UINT64', inner.cost + 2, () => {
      const read = allOf(inner)
      return read && ((event, evaluation) => read(event, evaluation)?.length)
    })
  }
  if (inner.shape === 'host') throw ruleError(`${call.name}() does not take ${inner.text}`, argument.place)
  if (!transformer.takes.includes(inner.type)) {
    const expected = `${call.name}() takes ${transformer.takes.join(' or ')}`
    throw ruleError(`${expected}, and ${inner.text} is ${inner.type}`, argument.place)
  }
  const { extraction } = inner
  return {
    ...inner,
    text,
    type: transformer.gives ?? inner.type,
    extraction: extraction && mapExtraction(extraction, transformer.apply),
    cost: inner.cost + 6
  }
}

function joined(call: TransformerCall, context: ReadingContext): Reading {
  const [separator, ...rest] = call.args
  if (separator?.kind !== 'value') {
    throw ruleError('the first argument of join() is the separator, in quotes', separator?.place ?? call.place)
  }
  const [list] = rest
  if (list === undefined) throw ruleError('join() takes a separator and what it joins', call.place)
  if (list.kind === 'tuple' && rest.length === 1) return concatenated(call, list.items, separator.text, context)
  return concatenated(call, rest, separator.text, context)
}

/** Values as one text; missing when any of them is. */
function concatenated(
  call: TransformerCall,
  args: readonly TransformerArgument[],
  separator: string,
  context: ReadingContext
): Reading {
  const parts = args.map(argument => pieces(argument, context))
  const cost = parts.reduce((sum, part) => sum + part.cost, 4)
  return oneOf(printOperand(call), 'CHARBUF', cost, () => {
    const reads = parts.map(({ read }) => read)
    if (!reads.every(read => read !== undefined)) return undefined
    return (event, evaluation) => {
      const texts: string[] = []
      for (const read of reads) {
        const found = read(event, evaluation)
        if (found === undefined) return undefined
        texts.push(...found)
      }
      return texts.join(separator)
    }
  })
}

interface Pieces {
  readonly read: ((event: Event, context: Context) => readonly string[] | undefined) | undefined
  readonly cost: number
}

function pieces(argument: TransformerArgument, context: ReadingContext): Pieces {
  if (argument.kind === 'value') {
    const texts = [argument.text]
    return { read: () => texts, cost: 0 }
  }
  if (argument.kind === 'tuple') throw ruleError('a list in parentheses stands only in join()', argument.place)
  const reading = readingOf(argument, context)
  const read = isList(reading) ? allOf(reading) : firstOf(reading)
  const { type, cost } = reading
  return { cost, read: read && ((event, evaluation) => read(event, evaluation)?.map(value => pieceOf(value, type))) }
}

/** `getopt(args, "ab:")[b]` is the value of an option; without brackets the options that are there. */
function options(call: TransformerCall, context: ReadingContext): Reading {
  const [argument, letters, ...rest] = call.args
  if (argument === undefined || letters?.kind !== 'value' || rest.length > 0 || isConstant(argument)) {
    throw ruleError('getopt() takes a field, and the letters of its options in quotes', call.place)
  }
  const { index } = call
  if (index !== undefined && (index === ':' || index.length !== 1 || !letters.text.includes(index))) {
    throw ruleError(`getopt() does not look for the option ${index}: it is none of "${letters.text}"`, call.place)
  }
  const inner = readingOf(argument, context)
  if (inner.type !== 'CHARBUF')
    throw ruleError(`getopt() takes CHARBUF, and ${inner.text} is ${inner.type}`, call.place)
  const words = isList(inner) ? allOf(inner) : firstOf(inner)
  const found = (event: Event, evaluation: Context) => {
    const line = words?.(event, evaluation)?.join(' ')
    return line === undefined ? undefined : readOptions(line, letters.text)
  }
  const text = printOperand(call)
  const cost = inner.cost + 20
  if (index !== undefined) {
    return oneOf(text, 'CHARBUF', cost, () => words && ((event, evaluation) => found(event, evaluation)?.get(index)))
  }
  const extraction: Extraction = {
    kind: 'list',
    read: (event, evaluation) => {
      const names = found(event, evaluation)
      return names === undefined || names.size === 0 ? undefined : [...names.keys()]
    }
  }
  return { text, type: 'CHARBUF', shape: 'list', extraction: words && extraction, argument: undefined, cost }
}

function isConstant(argument: TransformerArgument): argument is Exclude<TransformerArgument, Operand> {
  return argument.kind === 'value' || argument.kind === 'tuple'
}

function oneOf(text: string, type: FieldType, cost: number, read: () => ReadOne | undefined): Reading {
  const one = read()
  const extraction: Extraction | undefined = one && { kind: 'one', read: one }
  return { text, type, shape: 'one', extraction, argument: undefined, cost }
}
