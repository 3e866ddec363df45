/** What `when` and `throttle` of an output say, compiled. */
import { type Place, type Problem, TercelError } from '../../base/errors.ts'
import type { DeliveryConfig, OutputConfig, PlacedText } from '../../config/output-schema.ts'
import { alertCondition, alertField } from '../../rules/engine/alert-condition.ts'
import type { Rule } from '../../rules/engine/ruleset.ts'
import type { Routing } from './router.ts'

/** @throws TercelError TERCEL_RULES with every problem of the one text that is wrong */
export function compileRouting({ when, throttle }: DeliveryConfig): Routing {
  return {
    when: when && alertCondition(when.text, when.place),
    throttle: throttle && {
      key: throttle.key.map(({ text, place }) => alertField(text, place)),
      windowMs: throttle.windowMs
    }
  }
}

/** What is wrong with the texts of an output's routing. */
export function routingProblems({ delivery: { when, throttle } }: OutputConfig): Problem[] {
  return [
    ...(when === undefined ? [] : problemsOf(when, alertCondition)),
    ...(throttle?.key ?? []).flatMap(each => problemsOf(each, alertField))
  ]
}

function problemsOf({ text, key, place: at }: PlacedText, compile: (text: string, place: Place) => unknown): Problem[] {
  try {
    compile(text, at)
    return []
  } catch (error) {
    if (!(error instanceof TercelError)) throw error
    return error.problems.map(({ message, place }) => ({ message: `${key}: ${message}`, place }))
  }
}

/** Warns of fields that outputs go by and no rule prints: they are missing in every alert. */
export function routingWarnings(outputs: readonly OutputConfig[], rules: readonly Rule[]): Problem[] {
  const printed = new Set(
    rules
      .filter(({ enabled }) => enabled)
      .flatMap(({ output, extraFields }) => [
        ...output.readings.map(({ text }) => text),
        ...extraFields.map(({ name }) => name)
      ])
  )
  return outputs.flatMap(({ delivery: { when, throttle } }) => {
    const uses = [
      ...(when === undefined ? [] : alertCondition(when.text, when.place).fields.map(field => ({ field, ...when }))),
      ...(throttle?.key ?? [])
        .filter(({ text }) => !text.startsWith('alert.'))
        .map(each => ({ field: each.text, ...each }))
    ]
    return uses
      .filter(({ field }) => !printed.has(field))
      .map(({ field, key, place }) => ({
        message: `${key}: no rule prints ${field}, so it is missing in every alert: rules.append_output adds it`,
        place
      }))
  })
}
