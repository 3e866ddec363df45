/** A preset, compiled: every template of its file is parsed once. */
import { join } from '../../config/document.ts'
import type { Finding } from '../../config/explain.ts'
import { validate } from '../../config/validate.ts'
import { attempt, type TemplateFinding } from '../template/findings.ts'
import { sampleAlerts } from '../template/samples.ts'
import { type AnswerReader, compileAnswers } from './answers.ts'
import { type BodyMaker, compileBody } from './body.ts'
import type { PresetFile, SettingType } from './file.ts'
import { fileNames, sampleSettings } from './names.ts'
import { compileRequest, type HeadMaker } from './request.ts'
import { commonSettings, settingSchema } from './settings.ts'

export interface Preset {
  readonly file: PresetFile
  readonly head: HeadMaker
  readonly body: BodyMaker
  readonly answers: AnswerReader
}

/**
 * Compiles a file that its schema has accepted, and tries it with sample settings and alerts.
 *
 * @param findings takes what is wrong; what is returned must not be used then.
 */
export function compilePreset(file: PresetFile, findings: Finding[] = []): Preset {
  const found: TemplateFinding[] = []
  const names = fileNames(file)
  const preset = {
    file,
    head: compileRequest(file.request, names, found),
    body: compileBody(file.body, names, found),
    answers: compileAnswers(file, names, found)
  }
  if (found.length === 0) tryOut(preset, found)
  findings.push(...found.map(finding => ({ ...finding, at: 'value' as const })), ...checkSettings(file))
  return preset
}

function tryOut({ file, head, body }: Preset, found: TemplateFinding[]): void {
  const scope = { settings: sampleSettings(file), maps: file.maps }
  const made = attempt(() => head(scope), '/request', found)
  if (typeof made === 'string') found.push({ pointer: '/request', message: made })
  const parts = attempt(() => sampleAlerts.map(alert => body.part(alert, scope)), '/body/each', found)
  if (parts !== undefined) attempt(() => body.whole(parts, scope), '/body', found)
  if (file.body.around !== undefined && found.length === 0) {
    const marker = 'b6fb1a4c'
    const whole = body.whole([{ value: marker }], scope)
    if (!whole.includes(marker))
      found.push({ pointer: '/body/around', message: 'expected {{ alerts }} somewhere in it' })
  }
}

/** The keys of a setting that say something of one type only. */
const typed: Readonly<Record<string, readonly SettingType[]>> = {
  enum: ['string', 'integer', 'number'],
  format: ['string'],
  pattern: ['string'],
  keys: ['map'],
  minLength: ['string'],
  maxLength: ['string'],
  minimum: ['integer', 'number'],
  maximum: ['integer', 'number']
}

function checkSettings({ settings }: PresetFile): Finding[] {
  return Object.entries(settings).flatMap(([name, setting]): Finding[] => {
    const pointer = join('/settings', name)
    if (commonSettings.includes(name)) {
      return [{ pointer, at: 'key', message: `every preset has a setting ${name}: choose another name` }]
    }
    const misplaced = Object.keys(setting).filter(key => typed[key]?.includes(setting.type) === false)
    if (misplaced.length > 0) {
      return misplaced.map(key => {
        const message = `${key} is for ${typed[key]!.join(' and ')}, not for ${setting.type}`
        return { pointer: join(pointer, key), at: 'key', message }
      })
    }
    if (setting.default === undefined) return []
    const schema = { type: 'object', properties: { [name]: settingSchema(setting) } }
    const findings = validate(schema, structuredClone({ [name]: setting.default }), new Map())
    return findings.map(finding => ({ ...finding, pointer: join(pointer, 'default') }))
  })
}
