/** The setting `template` of the webhook: a text, or a structure whose texts are templates. */
import type { Tree } from '../config/document.ts'
import type { Alert } from '../rules/alert.ts'
import { compileText } from './template/engine.ts'
import { attempt, type TemplateFinding } from './template/findings.ts'
import { wireJson } from './template/json.ts'
import { alertNames, sampleAlerts } from './template/samples.ts'
import { compileTree } from './template/tree.ts'

/** What an alert becomes in the body. Throws TemplateError when it cannot be rendered. */
export type RenderAlert = (alert: Alert) => string

export interface TemplateSettings {
  readonly template?: Tree
  readonly body: 'single' | 'array' | 'ndjson'
  readonly headers: Readonly<Record<string, string>>
}

/** @param findings takes what is wrong; what is returned must not be used then. */
export function compileTemplate(template: Tree, findings: TemplateFinding[] = []): RenderAlert {
  if (typeof template === 'string') {
    const render = attempt(() => compileText(template, alertNames), '/template', findings)
    return alert => render!({ alert })
  }
  const fill = compileTree(template, '/template', alertNames, findings)
  return alert => wireJson(fill({ alert }) ?? null)
}

/** What is wrong with a template, also when it is tried with an ordinary alert and with hostile ones. */
export function templateProblems({ template, body, headers }: TemplateSettings): TemplateFinding[] {
  if (template === undefined) return []
  const findings: TemplateFinding[] = []
  const render = compileTemplate(template, findings)
  if (findings.length > 0) return findings
  const texts = attempt(() => sampleAlerts.map(render), '/template', findings)
  const message = texts && textProblem(texts, body, isJson(body, headers))
  return message === undefined ? findings : [{ pointer: '/template', message }]
}

function textProblem(texts: readonly string[], body: TemplateSettings['body'], json: boolean): string | undefined {
  if (json && texts.some(text => !parses(text))) {
    // Not what the parser says: it would quote a part of the text, in which a secret may stand.
    return 'what it gives for an alert with quotes and line ends in it is not JSON: put values in with the filter json and no quotes around them, such as {{ alert.rule | json }}, or name another content-type in headers'
  }
  return body === 'ndjson' && texts.some(text => /[\r\n]/.test(text))
    ? 'what it gives must be one line, where body is ndjson'
    : undefined
}

/** An array is JSON whatever its content type says. */
function isJson(body: TemplateSettings['body'], headers: TemplateSettings['headers']): boolean {
  const [, contentType] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? []
  return body === 'array' || contentType === undefined || /[/+](?:x-nd)?json\b/i.test(contentType)
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
