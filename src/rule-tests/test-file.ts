/**
 * Files of tests of rules: docs/rule-tests.md says how they are written. Here they are read and checked; run.ts runs them.
 */
import { isSeq, LineCounter, type Node } from 'yaml'
import type { Place } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import type { FieldEvent } from '../../rules/engine/field-event.ts'
import type { Report } from '../../rules/engine/problems.ts'
import type { Matching } from '../../rules/engine/program.ts'
import { parseYaml } from '../../rules/engine/rule-file.ts'
import { resolved } from '../../rules/engine/yaml-alias.ts'
import { YamlMap } from '../../rules/engine/yaml-map.ts'
import { placeOf, type YamlFile } from '../../rules/engine/yaml-text.ts'
import { type ExpectedAlert, readAlerts } from './expected-alert.ts'
import { isEmptyNode, type Part, problem } from './part.ts'
import { readEvent } from './test-event.ts'

export interface RuleTest {
  readonly name: string
  readonly place: Place
  readonly events: readonly FieldEvent[]
  /** All alerts of all events, in order. */
  readonly alerts: readonly ExpectedAlert[]
}

export interface TestFile {
  readonly path: string
  /** As they stand there: relative to the file. */
  readonly rules: readonly string[]
  readonly lists: Readonly<Record<string, readonly string[]>>
  readonly matching: Matching
  readonly tests: readonly RuleTest[]
  /** Where a key stands, for what is wrong with its value; the beginning of the file where it is not there. */
  placeOf(key: 'rules' | 'lists'): Place
}

const matchings: readonly Matching[] = ['first', 'all']

/** Reads a file of tests; what is wrong goes to `report`, also what a rule file would only be warned of. */
export function readTestFile(path: string, text: string, report: Report): TestFile | undefined {
  const strict: Report = { problems: report.problems, warnings: report.problems }
  const file: YamlFile = { path, text, lines: new LineCounter() }
  const before = report.problems.length
  const [document, second] = parseYaml(file, strict)
  const start: Place = { file: path, line: 1, column: 1 }
  if (document?.contents == null) {
    if (report.problems.length === before) problem(strict, 'expected a map with the keys rules and tests', start)
    return undefined
  }
  const part: Part = { file, document, report: strict }
  const map = new YamlMap(file, document, document.contents as Node, 'a map with the keys rules and tests', strict)
  if (second !== undefined) {
    const place = placeOf(file, second.contents?.range?.[0] ?? 0)
    problem(strict, 'a second YAML document stands here; one file holds one set of tests', place)
  }
  if (map.size === 0) return undefined
  map.checkKeys(['rules', 'lists', 'rule_matching', 'tests'], 'a test file')
  return {
    path,
    rules: map.get('rules') === undefined ? [] : (map.texts('rules') ?? []).map(each => each.text),
    lists: readLists(map),
    matching: readMatching(map),
    tests: readTests(map, part),
    placeOf: key => map.get(key)?.place ?? start
  }
}

function readLists(map: YamlMap): Record<string, readonly string[]> {
  const lists = map.map('lists', 'a map of lists')
  const names = [...(lists?.entries ?? [])].map(({ key }) => key)
  return Object.fromEntries(names.map(name => [name, (lists!.texts(name) ?? []).map(({ text }) => text)]))
}

function readMatching(map: YamlMap): Matching {
  const text = map.text('rule_matching', 'allowed')
  const matching = matchings.find(each => each === text?.text)
  if (text !== undefined && matching === undefined) {
    const hint = didYouMean(text.text, matchings)
    map.problem(`expected first or all, found ${printableText(text.text)}${hint}`, text.placeAt(0))
  }
  return matching ?? 'first'
}

function readTests(map: YamlMap, part: Part): RuleTest[] {
  const entry = map.get('tests')
  if (entry === undefined) map.problem('the key tests is missing')
  else if (isEmptyNode(entry.value) || (isSeq(entry.value) && entry.value.items.length === 0)) {
    map.problem('expected at least one test', entry.place)
  }
  const items = map.maps('tests', 'a test: a map with the keys name, event and alerts')
  return items.map(item => readTest(item, part)).filter(test => test !== undefined)
}

function readTest(item: YamlMap, part: Part): RuleTest | undefined {
  item.checkKeys(['name', 'event', 'events', 'alerts'], 'a test')
  const name = item.text('name')
  const events = eventNodes(item, part).map(node => readEvent(node, part))
  const alerts = readAlerts(item, part)
  const complete = events.filter(event => event !== undefined)
  if (name === undefined || alerts === undefined || complete.length < events.length) return undefined
  return { name: name.text, place: name.placeAt(0), events: complete, alerts }
}

function eventNodes(item: YamlMap, { document }: Part): readonly Node[] {
  const one = item.get('event')
  const several = item.get('events')
  if (one !== undefined && several !== undefined) item.problem('event and events do not go together', several.place)
  if (one === undefined && several === undefined) item.problem('the key event is missing, or events')
  if (one !== undefined) {
    if (one.value === undefined || isEmptyNode(one.value)) item.problem('expected a map of fields for event', one.place)
    else return [one.value]
  }
  if (several === undefined) return []
  if (isSeq(several.value) && several.value.items.length > 0) {
    return several.value.items.map(node => resolved(document, node as Node)).filter(node => node !== undefined)
  }
  item.problem('expected a list of events for events', several.place)
  return []
}
