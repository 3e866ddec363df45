/** Outputs as the entries of the configuration describe them: made, checked, and named for people. */
import { TercelError } from '../base/errors.ts'
import type { OutputConfig } from '../config/output-schema.ts'
import type { Config } from '../config/schema.ts'
import { definitionWith } from '../outputs/index.ts'
import type { BatchLimits, Output, OutputDefinition } from '../outputs/output.ts'
import { within } from './within.ts'

const checkTimeoutMs = 10_000

type Surroundings = Pick<Config, 'baseDirectory' | 'presets'>

/** Makes the output; what it sends at once is in `batch`. Does no I/O yet. */
export function createOutput(
  { name, type, settings }: OutputConfig,
  config: Surroundings
): { readonly output: Output; readonly batch: BatchLimits } {
  const { create, batch } = definitionOf(name, type, config)
  const { baseDirectory } = config
  return { output: create(settings as never, { name, baseDirectory }), batch: batch(settings as never) }
}

/** Where the output sends to, without anything that may be secret; undefined when its type does not say. */
export function targetOf({ name, type, settings }: OutputConfig, config: Surroundings): string | undefined {
  return definitionOf(name, type, config).target?.(settings as never, config)
}

/**
 * Whether the output can be reached and accepts us.
 *
 * @throws Error with the reason when not, or when that is not known within 10 s.
 */
export async function checkOutput(output: Output): Promise<void> {
  const checking = new AbortController()
  try {
    await within(output.check(checking.signal), checkTimeoutMs, () => {
      throw new Error(`no answer within ${checkTimeoutMs / 1000} s`)
    })
  } finally {
    // Nobody waits for what is left of it.
    checking.abort()
  }
}

function definitionOf(name: string, type: string, { presets }: Surroundings): OutputDefinition {
  const definition = definitionWith(presets, type)
  if (definition === undefined) throw new TercelError('TERCEL_DEFECT', `output ${name}: there is no type ${type}`)
  return definition
}
