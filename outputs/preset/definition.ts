/** Makes an output of a preset: from its file on, it is like any other. */
import { parseSize } from '../../config/quantities.ts'
import { defineOutput, type OutputDefinition } from '../output.ts'
import type { PresetFile } from './file.ts'
import { PresetOutput, type PresetSettings } from './output.ts'
import { compilePreset } from './preset.ts'
import { keyProblems, settingsSchema } from './settings.ts'

/** @param file has no problems. */
export function definePreset(name: string, file: PresetFile): OutputDefinition {
  const preset = compilePreset(file)
  const headOf = (settings: PresetSettings) => preset.head({ settings, maps: file.maps })
  const { batch: limits, rate_limit: rate, concurrency } = file.limits
  return defineOutput<PresetSettings>({
    type: name,
    description: file.description,
    schema: settingsSchema(file),
    maxConcurrency: concurrency,
    ...(rate && {
      rateLimit: { perSecond: rate.per_second, burst: rate.burst ?? Math.max(1, Math.ceil(rate.per_second)) }
    }),
    batch: ({ batch }) =>
      file.body.join === 'single'
        ? { maxCount: 1, maxBytes: parseSize(limits?.max_bytes ?? '1MiB')! }
        : { maxCount: batch!.max_count, maxBytes: parseSize(batch!.max_bytes)! },
    problems: settings => {
      const head = headOf(settings)
      return [...keyProblems(file, settings), ...(typeof head === 'string' ? [{ pointer: '', message: head }] : [])]
    },
    target: settings => {
      const head = headOf(settings)
      return typeof head === 'string' ? head : head.url.origin
    },
    create: (settings, context) => new PresetOutput(preset, settings, context)
  })
}
