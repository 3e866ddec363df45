/** What the answers of a far end mean for the alerts of a request, where their status alone does not say it. */

import type { Answer } from '../http/exchange.ts'
import { parseRetryAfter } from '../http/retry-after.ts'
import { type Meaning, meaningOf } from '../http/status.ts'
import { compileCondition, compileValue, type Names, type Scope } from '../template/engine.ts'
import { attempt, type TemplateFinding } from '../template/findings.ts'
import { textOf } from '../template/text.ts'
import { answerNames } from './names.ts'
import type { PresetAnswer, PresetFile } from './schema.ts'

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
  read(answer: Answer, count: number, scope: Scope): Verdict | readonly Verdict[]
}

interface Rule {
  readonly holds: (scope: Scope) => boolean
  readonly meaning: Meaning
  readonly pause: ((scope: Scope) => unknown) | undefined
}

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
    status: expression(items.status, '/items/status', ofItem, findings),
    reason: expression(items.reason ?? '""', '/items/reason', ofItem, findings),
    rules: compileRules(items.answers, '/items/answers', ofItem, findings)
  }
  return {
    wantsBody: items !== undefined || answers.some(answer => /\b(?:json|text)\b/.test(answer.if)),
    read: (answer, count, settings) => {
      const { status, text, headers } = answer
      const scope = { ...settings, status, headers, text, count, json: answer.cut ? undefined : parse(text) }
      const verdict = judge(rules, scope, status, text)
      const afterMs = verdict.afterMs ?? parseRetryAfter(headers['retry-after'], Date.now())
      if (each === undefined || verdict.meaning !== 'delivered') return { ...verdict, afterMs }
      const list = each.list(scope)
      if (!Array.isArray(list) || list.length !== count) {
        return { meaning: 'retry', reason: 'its answer does not say what became of each alert' }
      }
      return list.map(item => {
        const own = { ...scope, item }
        const reason = textOf(each.reason(own))
        const itemStatus = Number(each.status(own))
        return {
          ...judge(each.rules, { ...own, status: itemStatus }, itemStatus, reason),
          reason: `${itemStatus} ${reason}`
        }
      })
    }
  }
}

function judge(rules: readonly Rule[], scope: Scope, status: number, text: string): Verdict {
  const rule = rules.find(({ holds }) => holds(scope))
  if (rule === undefined) return { meaning: meaningOf(status, text) }
  const seconds = rule.pause === undefined ? Number.NaN : Number(rule.pause(scope))
  const pauseMs = Math.ceil(seconds * 1000)
  return pauseMs > 0 ? { meaning: rule.meaning, afterMs: Math.min(pauseMs, longestPauseMs) } : { meaning: rule.meaning }
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
      holds: attempt(() => compileCondition(condition, names), `${at}/if`, findings) ?? (() => false),
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
  return attempt(() => compileValue(`{{ ${source} }}`, names), pointer, findings) ?? (() => undefined)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
