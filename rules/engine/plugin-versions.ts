/** `required_plugin_versions`: plugins of Falco whose fields and sources a file needs. */

import { printableText } from '../../base/printable.ts'
import type { YamlMap } from './yaml-map.ts'

/** Plugins whose fields are part of tercel, whatever the version. `container` has those of the classes container and k8s. */
const provided: ReadonlySet<string> = new Set(['container'])

const semanticVersion = /^\d{1,9}\.\d{1,9}\.\d{1,9}(?!\d)/

/** Reports each requirement that nothing here satisfies: one of `alternatives` is enough. */
export function checkPluginVersions(item: YamlMap): void {
  for (const plugin of item.maps('required_plugin_versions', 'a plugin with name and version')) {
    plugin.checkKeys(['name', 'version', 'alternatives'], 'a required plugin')
    const choices = [plugin, ...plugin.maps('alternatives', 'a plugin with name and version')]
    const wanted = choices.map(readRequirement).filter(each => each !== undefined)
    if (wanted.length < choices.length) continue
    if (new Set(wanted.map(({ name }) => name)).size < wanted.length) {
      plugin.problem('one plugin stands twice among the alternatives', plugin.place, 'LOAD_ERR_VALIDATE')
    }
    if (wanted.some(({ name }) => provided.has(name))) continue
    const names = wanted.map(({ name, version }) => `${printableText(name)} ${version}`).join(' or ')
    const known = [...provided].join(', ')
    plugin.problem(`the plugin ${names} is required; tercel stands in for ${known}`, plugin.place, 'LOAD_ERR_VALIDATE')
  }
}

function readRequirement(plugin: YamlMap): { name: string; version: string } | undefined {
  const name = plugin.text('name')
  const version = plugin.text('version')
  if (name === undefined || version === undefined) return undefined
  if (semanticVersion.test(version.text)) return { name: name.text, version: version.text }
  const message = `expected a version such as 0.4.0, found ${printableText(version.text)}`
  plugin.problem(message, version.placeAt(0), 'LOAD_ERR_VALIDATE')
  return undefined
}
