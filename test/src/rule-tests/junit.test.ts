import assert from 'node:assert/strict'
import { test } from 'node:test'
import { junitXml } from '../../../src/rule-tests/junit.ts'
import type { TestResult } from '../../../src/rule-tests/run.ts'

const result = (name: string, failure: readonly string[] = []): TestResult => ({
  test: { name, place: { file: 'a.yaml', line: 3, column: 1 }, events: [], alerts: [] },
  ms: 1500,
  failure
})

test('a report counts tests and failures, in all and for each file', () => {
  const suites = [
    { path: 'a.yaml', results: [result('passes'), result('fails', ['- R: expected', 'no rule'])] },
    { path: 'b.yaml', results: [] }
  ]
  assert.equal(
    junitXml(suites),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="tercel rules test" tests="2" failures="1" errors="0" skipped="0" time="3.000">
  <testsuite name="a.yaml" tests="2" failures="1" errors="0" skipped="0" time="3.000">
    <testcase name="passes" classname="a.yaml" file="a.yaml" line="3" time="1.500"/>
    <testcase name="fails" classname="a.yaml" file="a.yaml" line="3" time="1.500">
      <failure message="- R: expected">- R: expected
no rule</failure>
    </testcase>
  </testsuite>
  <testsuite name="b.yaml" tests="0" failures="0" errors="0" skipped="0" time="0.000">
  </testsuite>
</testsuites>
`
  )
})

test('names and alerts cannot break out of the report, nor hold what XML cannot', () => {
  const hostile = "\"/><x a='&'>]]>\0\x1b[2J\n\ufffe\uffff\ud800\u202e"
  const xml = junitXml([{ path: hostile, results: [result(hostile, [hostile, hostile])] }])
  const escaped = '&quot;/&gt;&lt;x a=&apos;&amp;&apos;&gt;]]&gt;\\x00\\x1b[2J\\n\\ufffe\\uffff\\ud800\\u202e'
  assert.ok(xml.includes(`<testcase name="${escaped}" classname="${escaped}"`))
  assert.ok(xml.includes(`<failure message="${escaped}">${escaped}\n${escaped}</failure>`))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  assert.doesNotMatch(xml, /[\x00-\x09\x0b-\x1f\ufffe\uffff\u202e]|\p{Cs}/u)
})
