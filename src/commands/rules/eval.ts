/** `tercel rules eval`: whether a condition holds for events that are given as fields, one after the other. */
import { Command, Option } from 'commander'
import { messageOf, TercelError } from '../../../base/errors.ts'
import { conditionOverFields } from '../../../rules/engine/condition.ts'
import { eventNames } from '../../../rules/engine/event-names.ts'
import { type FieldEvent, fieldEvent, GivenEventError } from '../../../rules/engine/field-event.ts'
import { LineWriter } from '../../line-writer.ts'
import { cannotPrint, readerWentAway } from '../../print.ts'
import { nameOf, readLines, type TextLine } from '../../text-lines.ts'
import { oneOf } from '../options.ts'
import { JsonEventError, readJsonEvent } from './json-event.ts'

interface EvalOptions {
  readonly condition: string
  readonly event: string
  readonly source: string
}

export const evalCommand = new Command('eval')
  .description('say of each event whether a condition holds: true or false, a line for each')
  .requiredOption('--condition <text>', 'the condition, without lists and macros')
  .requiredOption('--event <file>', 'events, a JSON object on each line; - is standard input')
  .addOption(
    new Option('--source <name>', 'the source of events that name none')
      .default('syscall')
      .argParser(oneOf('source', [...eventNames.keys()]))
  )
  .addHelpText(
    'after',
    '\nAn event is {"source": "syscall", "fields": {"evt.type": "execve", "proc.name": "sh"}}; a field that is not given is missing.'
  )
  .action(async ({ condition, event: path, source }: EvalOptions) => {
    const evaluator = new Evaluator(condition, source)
    const output = new LineWriter(process.stdout)
    try {
      for await (const lines of readLines(path)) {
        let written: Promise<void> | undefined
        try {
          for (const line of lines) {
            const answer = answerTo(line, evaluator, nameOf(path))
            if (answer !== undefined) written = output.add(String(answer))
          }
        } finally {
          await written
        }
      }
    } catch (error) {
      if (readerWentAway(error)) return
      throw cannotPrint(error)
    }
    evaluator.close()
  })

/** Compiles a condition once for each source that events come from. */
class Evaluator {
  readonly #condition: string
  readonly #source: string
  readonly #compiled = new Map<string, (event: FieldEvent) => boolean>()
  #events = 0

  /** @throws TercelError TERCEL_RULES where the condition makes no sense for any source */
  constructor(condition: string, source: string) {
    this.#condition = condition
    this.#source = source
    let first: unknown
    for (const each of [source, ...eventNames.keys()]) {
      try {
        this.#compile(each)
        return
      } catch (error) {
        first ??= error
      }
    }
    throw first
  }

  /**
   * @throws TercelError TERCEL_RULES where the condition makes no sense for the source of the event
   * @throws GivenEventError for a value that its field cannot have
   */
  holds({ source = this.#source, fields }: { source?: string | undefined; fields: Record<string, unknown> }): boolean {
    this.#events++
    return this.#compile(source)(fieldEvent({ source, fields }))
  }

  /** @throws TercelError TERCEL_RULES where no event has come, and the condition makes no sense for the source assumed. */
  close(): void {
    if (this.#events === 0) this.#compile(this.#source)
  }

  #compile(source: string): (event: FieldEvent) => boolean {
    const condition = this.#compiled.get(source) ?? conditionOverFields(this.#condition, source)
    this.#compiled.set(source, condition)
    return condition
  }
}

/** Undefined for an empty line. */
function answerTo({ bytes, number }: TextLine, evaluator: Evaluator, file: string): boolean | undefined {
  try {
    const event = readJsonEvent(bytes)
    return event && evaluator.holds(event)
  } catch (error) {
    if (error instanceof TercelError) {
      const message = `the condition does not compile for the source of the event at ${file}:${number}`
      throw new TercelError('TERCEL_RULES', message, { problems: error.problems })
    }
    if (!(error instanceof JsonEventError || error instanceof GivenEventError)) throw error
    const column = error instanceof JsonEventError ? error.column : 1
    const place = { file, line: number, column }
    const problems = [{ message: messageOf(error), place, line: bytes.toString('utf8') }]
    throw new TercelError('TERCEL_RULES', 'an event cannot be read', { problems, cause: error })
  }
}
