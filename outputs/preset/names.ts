/** What the templates of a preset file may name, and samples of it to try them with. */
import { formats } from '../../config/formats.ts'
import type { Names } from '../template/engine.ts'
import type { PresetFile, PresetSetting } from './file.ts'

/** Settings and maps by their names. */
export function fileNames({ settings, maps }: PresetFile): Names {
  const known = (names: object): Names => Object.fromEntries(Object.keys(names).map(name => [name, true]))
  return { settings: known(settings), maps: known(maps) }
}

export const answerNames = { status: true, headers: true, json: true, text: true, count: true } as const

const sampleTexts: readonly string[] = [
  'https://hooks.example.org/path',
  'sample',
  'text/plain',
  '/sample',
  '1MiB',
  '^sample$'
]

/** Settings as a user might give them. */
export function sampleSettings({ settings }: PresetFile): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, sampleOf(setting)]))
}

function sampleOf(setting: PresetSetting): unknown {
  if (setting.default !== undefined) return setting.default
  if (setting.enum !== undefined) return setting.enum[0]
  switch (setting.type) {
    case 'string':
      return sampleTexts.find(text => setting.format === undefined || formats[setting.format]?.accepts(text))
    case 'boolean':
      return true
    case 'list':
      return ['sample']
    case 'map':
      return { sample: 'sample' }
    default:
      return setting.minimum ?? 1
  }
}
