/** Where the requests of a preset go and what their heads say: of settings only, never of an alert. */
import { join } from '../../config/document.ts'
import { formats } from '../../config/formats.ts'
import { compilePath, compileText, type Names, type Scope } from '../template/engine.ts'
import { attempt, type TemplateFinding } from '../template/findings.ts'
import { textOf } from '../template/text.ts'
import { compileTree } from '../template/tree.ts'
import type { PresetFile } from './file.ts'

export interface RequestHead {
  /** Of which only the origin counts. */
  readonly url: URL
  /** With the query. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** All of ASCII that is printable but space, # and ?. */
const plainPath = /^[!"$->@-~]*$/

/** Gives the head for settings; a text says why they make none. */
export type HeadMaker = (scope: Scope) => RequestHead | string

export function compileRequest(request: PresetFile['request'], names: Names, findings: TemplateFinding[]): HeadMaker {
  const url = attempt(() => compileText(request.url, names), '/request/url', findings)
  const path = attempt(() => compilePath(request.path, names), '/request/path', findings)
  const query = Object.entries(request.query).map(
    ([name, source]) =>
      [name, attempt(() => compileText(source, names), join('/request/query', name), findings)] as const
  )
  const headers = compileTree(request.headers, '/request/headers', names, findings)
  return scope => {
    const address = url!(scope)
    if (!formats['http-url']!.accepts(address))
      return `its settings make no URL: expected ${formats['http-url']!.expected}`
    const base = new URL(address)
    const parameters = new URLSearchParams(base.search)
    for (const [name, value] of query) {
      const text = value!(scope)
      if (text !== '') parameters.set(name, text)
    }
    const search = query.length === 0 ? base.search : `?${parameters}`
    const made = headersOf(headers(scope))
    if (typeof made === 'string') return made
    // Put together as text: a URL's parser would take a segment .. of a setting for a way up.
    const stem = request.path === '' ? base.pathname : base.pathname.replace(/\/$/, '')
    const whole = stem + path!(scope)
    if (!plainPath.test(whole)) return 'expected a path of printable ASCII without ? and #; parameters belong in query'
    return { url: base, path: whole + (search === '?' ? '' : search), headers: made }
  }
}

function headersOf(value: unknown): Record<string, string> | string {
  const headers: Record<string, string> = {}
  for (const [name, member] of Object.entries(Object(value))) {
    const text = textOf(member)
    if (text === '') continue
    if (!formats['request-header']!.accepts(name)) return `expected ${formats['request-header']!.expected}`
    if (!formats['header-value']!.accepts(text)) {
      return `its settings make no header ${name}: expected ${formats['header-value']!.expected}`
    }
    headers[name.toLowerCase()] = text
  }
  return headers
}
