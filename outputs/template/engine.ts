/**
 * Templates in the Liquid language, as settings and preset files hold them. They see plain data only: no files, no other
 * templates, and no more tags and filters than are listed here. What is wrong with one is known when it is compiled or
 * when it is tried with the alerts of samples.ts.
 */
import { Liquid, type Variable } from 'liquidjs'
import { messageOf } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import type { Pointer } from '../../config/document.ts'
import { filters } from './filters.ts'

/** What a template may name: `true` where anything may stand below. */
export interface Names {
  readonly [name: string]: true | Names
}

/** The values of those names. */
export type Scope = Readonly<Record<string, unknown>>

/** What is wrong with a template: it does not parse, names what there is not, or cannot be rendered. */
export class TemplateError extends Error {
  /** Where the template stands in the structure that was filled in. */
  pointer: Pointer | undefined
}

const tags = ['assign', 'break', 'capture', 'case', 'comment', 'continue', 'echo', 'for', 'if', 'raw', 'unless', '#']

/** Liquid's own filters that stay: none that takes an expression as text, which an alert could be. */
const liquidFilters = [
  ...['append', 'prepend', 'capitalize', 'downcase', 'upcase', 'strip', 'lstrip', 'rstrip', 'strip_newlines', 'squish'],
  ...['remove', 'remove_first', 'replace', 'replace_first', 'split', 'truncatewords', 'base64_encode'],
  ...['abs', 'at_least', 'at_most', 'ceil', 'divided_by', 'floor', 'minus', 'modulo', 'plus', 'round', 'times'],
  ...['join', 'first', 'last', 'size', 'slice', 'map', 'where', 'sort', 'uniq', 'compact', 'concat', 'reverse', 'push'],
  ...['date', 'default', 'raw', 'sha256', 'to_integer']
]

/** Every filter that a template may use. */
export const filterNames: readonly string[] = [...liquidFilters, ...Object.keys(filters)].sort()

/** Characters of a template; units of memory, most of which are characters. */
const limits = { parseLimit: 64 * 1024, memoryLimit: 32 * 1024 * 1024 }

/** Milliseconds: nothing else is done meanwhile; and a machine that is busy elsewhere must not cost an ordinary alert. */
const longestRender = 1_000

let deadline: number | undefined

/** All texts that `work` renders share the time of one. */
export function withinDeadline<T>(work: () => T): T {
  deadline = performance.now() + longestRender
  try {
    return work()
  } finally {
    deadline = undefined
  }
}

function timeLeft(): number {
  return deadline === undefined ? longestRender : deadline - performance.now()
}

function makeEngine(options: { keepOutputType?: boolean; outputEscape?: (value: unknown) => string }): Liquid {
  const engine = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    // A name that leads to a file leads nowhere.
    templates: {},
    timezoneOffset: 0,
    ...limits,
    ...options
  })
  for (const tag of Object.keys(engine.tags)) if (!tags.includes(tag)) delete engine.tags[tag]
  for (const filter of Object.keys(engine.filters)) if (!liquidFilters.includes(filter)) delete engine.filters[filter]
  for (const [name, filter] of Object.entries(filters)) engine.registerFilter(name, filter)
  return engine
}

const textEngine = makeEngine({})
const valueEngine = makeEngine({ keepOutputType: true })
const pathEngine = makeEngine({ outputEscape: pathSegment })

/** RFC 3986, section 3.3: these may stand in a segment, and some servers want to see them as they are. */
const pathCharacters = /%(?:3A|40|24|26|2B|2C|3B|3D)/g

function pathSegment(value: unknown): string {
  return encodeURIComponent(String(value ?? '').toWellFormed()).replace(pathCharacters, decodeURIComponent)
}

/**
 * Compiles a template to what makes text of it.
 *
 * @throws TemplateError; so does what is returned.
 */
export function compileText(source: string, names: Names): (scope: Scope) => string {
  const render = compile(textEngine, source, names)
  return scope => String(render(scope))
}

/** Like `compileText`, for the path of a URL: whatever an expression gives is percent-encoded, with its slashes. */
export function compilePath(source: string, names: Names): (scope: Scope) => string {
  const render = compile(pathEngine, source, names)
  return scope => String(render(scope))
}

/**
 * Compiles a template which is one `{{ expression }}` and nothing else, to what gives the expression's value.
 *
 * @throws TemplateError; so does what is returned.
 */
export function compileValue(source: string, names: Names): (scope: Scope) => unknown {
  return compile(valueEngine, source, names)
}

/**
 * Compiles an expression without braces, such as `json.parameters.retry_after`, to what gives its value.
 *
 * @throws TemplateError; so does what is returned.
 */
export function compileExpression(source: string, names: Names): (scope: Scope) => unknown {
  if (/\{\{|\}\}|\{%|%\}/.test(source)) throw new TemplateError('expected an expression without {{ and }} around it')
  return compile(valueEngine, `{{ ${source} }}`, names)
}

/** Whether Liquid takes a value for true: all but nothing and false. */
export function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

/** Whether a text is a template at all. */
export function isTemplate(source: string): boolean {
  return source.includes('{{') || source.includes('{%')
}

/** Whether a text is one expression, whose value may be other than text. */
export function isExpression(source: string): boolean {
  const trimmed = source.trim()
  // `{{ a }}{{ b }}` begins and ends so as well.
  return trimmed.startsWith('{{') && trimmed.indexOf('}}') === trimmed.length - 2
}

function compile(engine: Liquid, source: string, names: Names): (scope: Scope) => unknown {
  const template = attempt(source, () => engine.parse(source))
  for (const variables of Object.values(engine.analyzeSync(template, { partials: false }).globals)) {
    for (const variable of variables) checkName(variable, names, source)
  }
  return scope => attempt(source, () => engine.renderSync(template, scope, { renderLimit: timeLeft() }))
}

function attempt<T>(source: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new TemplateError(explain(error, source))
  }
}

function explain(error: unknown, source: string): string {
  const { originalError, token } = Object(error) as { originalError?: unknown; token?: { getPosition(): number[] } }
  const message = messageOf(originalError ?? error).replace(/(?:, file:.*)?, line:\d+, col:\d+$/s, '')
  const [line = 1, column = 1] = token?.getPosition() ?? []
  const [, filter] = /^undefined filter: (\S+)$/.exec(message) ?? []
  const [, tag] = /^tag "(\S+)" not found$/.exec(message) ?? []
  const text =
    filter !== undefined
      ? `unknown filter ${filter}${didYouMean(filter, filterNames)}`
      : tag !== undefined
        ? `unknown tag ${tag}${didYouMean(tag, tags)}`
        : message
  return printableText(`${text} (${place(source, line, column)})`)
}

function place(source: string, line: number, column: number): string {
  return source.includes('\n') ? `line ${line}, column ${column} of the template` : `column ${column} of the template`
}

function checkName({ segments, location }: Variable, names: Names, source: string): void {
  let known: true | Names | undefined = names
  const path: string[] = []
  for (const segment of segments) {
    if (known === true || typeof segment !== 'string') return
    path.push(segment)
    if (!Object.hasOwn(known, segment)) {
      const all = Object.keys(known)
      const near = didYouMean(segment, all) || `; expected one of ${all.join(', ')}`
      const where = place(source, location.row, location.col)
      throw new TemplateError(printableText(`unknown name ${path.join('.')}${near} (${where})`))
    }
    known = known[segment]
    if (known === undefined) return
  }
}
