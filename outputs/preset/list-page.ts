/** The page docs/preset-list.md: the presets that ship, from their files. */
import { readFileSync } from 'node:fs'
import { textOf } from '../template/text.ts'
import type { PresetFile, PresetSetting } from './file.ts'
import { parsePreset } from './load.ts'
import { shippedPresets } from './shipped.ts'

const introduction = `<!-- Generated: node outputs/preset/list-page.ts > docs/preset-list.md -->

# The presets that ship

How to use them, and how to write one, stands in [presets.md](presets.md). Beside the settings here, each takes what every
output takes, \`connect_timeout_seconds\`, \`tls\` and \`proxy\`; those that send several alerts in a request take \`batch\`. What
"also" names is explained in [webhook.md](webhook.md).`

export function presetListPage(): string {
  const sections = [...shippedPresets].map(([name, path]) => {
    const read = parsePreset(readFileSync(path, 'utf8'), path)
    if ('problems' in read) throw new Error(`${path} has problems`)
    return section(name, read.file)
  })
  return `${[introduction, ...sections].join('\n\n')}\n`
}

function section(name: string, file: PresetFile): string {
  const { description, documentation, settings, request } = file
  const rows = Object.entries(settings).map(([setting, schema]) => row(setting, schema))
  const links = documentation.map(url => `<${url}>`).join(' · ')
  const also = request.options.length === 0 ? [] : [`Also: ${request.options.map(code).join(', ')}.`]
  return [
    `## ${name}`,
    description,
    `| setting | | what it is |\n|---|---|---|\n${rows.join('\n')}`,
    [...limits(file), ...also].join(' '),
    `Far end: ${links}`
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

function row(name: string, { required, secret, default: initial, description }: PresetSetting): string {
  const isGiven = initial !== undefined && (typeof initial !== 'object' || Object.keys(initial ?? {}).length > 0)
  const notes = [
    ...(required ? ['required'] : []),
    ...(secret ? ['secret'] : []),
    ...(isGiven ? [code(textOf(initial))] : [])
  ]
  return `| ${code(name)} | ${notes.join(', ')} | ${description.replaceAll('|', '\\|')} |`
}

function limits({ body, limits: { batch, rate_limit: rate, request_bytes: bytes } }: PresetFile): string[] {
  const { max_count: count, max_bytes: size } = batch ?? { max_count: 500, max_bytes: '1MiB' }
  const several = body.join === 'single' ? 'One alert in a request' : `Up to ${count} alerts or ${size} in a request`
  const largest = bytes === undefined ? '' : `, which has ${bytes} at the most`
  const perSecond = rate && `, ${rate.per_second} alerts a second with a burst of ${rate.burst ?? 1}`
  return [`${several}${largest}${perSecond ?? ''}.`]
}

function code(text: string): string {
  return `\`${text}\``
}

if (import.meta.main) process.stdout.write(presetListPage())
