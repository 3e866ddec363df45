/** The body of a request: the structures of its alerts, and how they stand together. */
import type { Alert } from '../../rules/alert.ts'
import type { Names, Scope } from '../template/engine.ts'
import type { TemplateFinding } from '../template/findings.ts'
import { wireJson } from '../template/json.ts'
import { alertNames } from '../template/samples.ts'
import { compileTree, type Fill } from '../template/tree.ts'
import type { Join, PresetBody } from './file.ts'

export interface BodyMaker {
  readonly contentType: string
  /**
   * The structure of an alert, and what stands before it.
   *
   * @throws TemplateError
   */
  part(alert: Alert, scope: Scope): BodyPart
  /** @throws TemplateError */
  whole(parts: readonly BodyPart[], scope: Scope): string
}

export interface BodyPart {
  readonly value: unknown
  readonly action?: unknown
}

const contentTypes: Readonly<Record<Join, string>> = {
  single: 'application/json',
  array: 'application/json',
  ndjson: 'application/x-ndjson',
  concatenated: 'application/json'
}

/** @param findings takes what is wrong with the templates, with pointers that begin with `/body`. */
export function compileBody(body: PresetBody, names: Names, findings: TemplateFinding[]): BodyMaker {
  const perAlert = { ...names, ...alertNames }
  const each = compileTree(body.each, '/body/each', perAlert, findings)
  const action = body.action === undefined ? undefined : compileTree(body.action, '/body/action', perAlert, findings)
  const around =
    body.around === undefined
      ? undefined
      : compileTree(body.around, '/body/around', { ...names, alerts: true }, findings)
  return {
    contentType: body.content_type ?? contentTypes[body.join],
    part: (alert, scope) => {
      const whole = { ...scope, alert }
      return { value: each(whole), ...(action && { action: action(whole) }) }
    },
    whole: wholes(around)[body.join]
  }
}

function wholes(around: Fill | undefined): Readonly<Record<Join, BodyMaker['whole']>> {
  const text = ({ value }: BodyPart): string => wireJson(value ?? null)
  return {
    single: parts => text(parts[0]!),
    array: (parts, scope) => {
      const alerts = parts.map(({ value }) => value)
      return wireJson(around === undefined ? alerts : around({ ...scope, alerts }))
    },
    ndjson: parts =>
      parts.map(part => `${part.action === undefined ? '' : `${wireJson(part.action)}\n`}${text(part)}\n`).join(''),
    concatenated: parts => parts.map(text).join('')
  }
}
