/** What the answers of a far end mean for the alerts of a request, where their status alone does not say it. */

import type { Alert } from '../../rules/alert.ts'
import type { Answer } from '../http/exchange.ts'
import { parseRetryAfter } from '../http/retry-after.ts'
import { type Meaning, meaningOf } from '../http/status.ts'
import { compileExpression, isTrue, type Names, type Scope, TemplateError } from '../template/engine.ts'
import { attempt, type TemplateFinding } from '../template/findings.ts'
import { textOf } from '../template/text.ts'
import type { PresetAnswer, PresetFile } from './file.ts'
import { answerNames } from './names.ts'

export interface Verdict {
  readonly meaning: Meaning
  readonly afterMs?: number | undefined
  /** What the far end said of an alert of its own. */
  readonly reason?: string
}

export interface AnswerReader {
  /** Whether the body of a 2xx matters. */
  readonly wantsBody: boolean
  /** One verdict for all alerts, or one for each. */
  read(answer: Answer, alerts: readonly Alert[], scope: Scope): Verdict | readonly Verdict[]
}

interface Rule {
  readonly holds: (scope: Scope) => unknown
  readonly meaning: Meaning
  readonly pause: ((scope: Scope) => unknown) | undefined
}

const readsBody = /\b(?:json|text)\b/

const longestPauseMs = 24 * 3600 * 1000

export function compileAnswers(
  { answers, items }: PresetFile,
  names: Names,
  findings: TemplateFinding[]
): AnswerReader {
  const known = { ...names, ...answerNames }
  const ofItem = { ...known, item: true } as const
  const rules = compileRules(answers, '/answers', known, findings)
  const each = items && {
    list: expression(items.list, '/items/list', known, findings),
    id: items.id === undefined ? undefined : expression(items.id, '/items/id', ofItem, findings),
    status: expression(items.status, '/items/status', ofItem, findings),
    reason: expression(items.reason ?? '""', '/items/reason', ofItem, findings),
    rules: compileRules(items.answers, '/items/answers', ofItem, findings),
    absent: compileRules(items.absent, '/items/absent', known, findings)
  }

  function readItem(item: unknown, scope: Scope): Verdict {
    const own = { ...scope, item }
    const status = Number(each!.status(own))
    const reason = textOf(each!.reason(own))
    if (!Number.isInteger(status)) return unreadable
    return { ...judge(each!.rules, { ...own, status }, status, reason), reason: `${status} ${reason}` }
  }

  function readItems(alerts: readonly Alert[], scope: Scope): Verdict | readonly Verdict[] {
    const list = each!.list(scope)
    const { id } = each!
    if (!Array.isArray(list) || (id === undefined && list.length !== alerts.length)) return unreadable
    if (id === undefined) return list.map(item => readItem(item, scope))
    const byId = new Map(list.map(item => [textOf(id({ ...scope, item })), item]))
    const uuids = new Set(alerts.map(({ uuid }) => uuid))
    // An item that names none of the alerts may be about any of those that are not named.
    const absent = byId.keys().every(named => uuids.has(named)) ? judgeAbsent(scope) : unnamed
    return alerts.map(({ uuid }) => (byId.has(uuid) ? readItem(byId.get(uuid), scope) : absent))
  }

  function judgeAbsent(scope: Scope): Verdict {
    const rule = ruleFor(each!.absent, scope)
    return rule === undefined ? unnamed : { ...verdictOf(rule, scope), reason: unnamed.reason }
  }

  const wantsBody = items !== undefined || answers.some(({ if: rule }) => readsBody.test(rule))

  return {
    wantsBody,
    read: (answer, alerts, settings) => {
      const { status, text, headers } = answer
      if (wantsBody && answer.cut && meaningOf(status, text) === 'delivered') return broken
      const json = answer.cut ? undefined : parse(text)
      const scope = { ...settings, status, headers, text, count: alerts.length, json }
      const verdict = judge(rules, scope, status, text)
      if (each !== undefined && verdict.meaning === 'delivered') return readItems(alerts, scope)
      return { ...verdict, afterMs: verdict.afterMs ?? parseRetryAfter(headers['retry-after'], Date.now()) }
    }
  }
}

/** Of a body that decides, and of which a part is missing. */
const broken = { meaning: 'retry', reason: 'its answer broke off before it said what became of the alerts' } as const

const unreadable = { meaning: 'retry', reason: 'its answer does not say what became of each alert' } as const

const unnamed = { meaning: 'retry', reason: 'its answer does not name the alert' } as const

function judge(rules: readonly Rule[], scope: Scope, status: number, text: string): Verdict {
  const rule = ruleFor(rules, scope)
  return rule === undefined ? { meaning: meaningOf(status, text) } : verdictOf(rule, scope)
}

function ruleFor(rules: readonly Rule[], scope: Scope): Rule | undefined {
  return rules.find(({ holds }) => isTrue(holds(scope)))
}

function verdictOf({ meaning, pause }: Rule, scope: Scope): Verdict {
  const pauseMs = Math.ceil(Number(pause?.(scope)) * 1000)
  return pauseMs > 0 ? { meaning, afterMs: Math.min(pauseMs, longestPauseMs) } : { meaning }
}

function compileRules(
  answers: readonly PresetAnswer[],
  pointer: string,
  names: Names,
  findings: TemplateFinding[]
): Rule[] {
  return answers.map(({ if: condition, means, pause_seconds: pause }, index) => {
    const at = `${pointer}/${index}`
    return {
      holds: expression(condition, `${at}/if`, names, findings),
      meaning: means,
      pause: pause === undefined ? undefined : expression(pause, `${at}/pause_seconds`, names, findings)
    }
  })
}

function expression(
  source: string,
  pointer: string,
  names: Names,
  findings: TemplateFinding[]
): (scope: Scope) => unknown {
  return quietly(attempt(() => compileExpression(source, names), pointer, findings))
}

/** What cannot be evaluated with what a far end answers gives nothing: the status decides then. */
function quietly(evaluate: ((scope: Scope) => unknown) | undefined): (scope: Scope) => unknown {
  return scope => {
    try {
      return evaluate?.(scope)
    } catch (error) {
      if (error instanceof TemplateError) return undefined
      throw error
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
