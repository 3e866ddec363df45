import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { callOfName } from '../../../collector/calls.ts'
import { FieldTag } from '../../../collector/layout.ts'
import { blockHeadLength } from '../../../collector/recording/format.ts'
import type { Alert } from '../../../rules/alert.ts'
import {
  fileField,
  helloFrame,
  imageFields,
  processFrame,
  statsFrame,
  syscallFrame
} from '../../collector/frame-builder.ts'
import { blocksOf, recordingOf } from '../../collector/recording/support.ts'
import { mainPath, tercel } from './tercel.ts'

const directory = mkdtempSync(join(tmpdir(), 'tercel-replay-test-'))
after(() => rmSync(directory, { recursive: true }))

function write(name: string, content: string | Uint8Array): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const shell = { pid: 100, startTime: 100, name: 'sh' }
const shadow = (time: number) =>
  syscallFrame({
    ...{ ...shell, time, call: 4, result: 3 },
    fields: [
      { tag: FieldTag.path, bytes: '/etc/shadow' },
      { tag: FieldTag.resolved, bytes: '/etc/shadow' },
      fileField(0o100644)
    ]
  })
const scan = processFrame({ kind: 2, ...shell, fields: imageFields(['sh\nforged'], '/bin/sh') })
const all = { calls: [...callOfName.keys()] }
const hello = helloFrame({ bootOffset: 1_767_323_045_000_000_000 })
const bytes = recordingOf(
  [
    [hello, scan, shadow(1e9)],
    [shadow(2e9), statsFrame([0, 5], 1_767_323_045e9)]
  ],
  all
)
const recording = write('whole.rec', bytes)
const config = ['--config', 'config/tercel.yaml']

const alertsOf = (stdout: string) =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Alert)

describe('tercel replay', () => {
  test('prints the alerts of the configured rules, and says on standard error what there was', () => {
    const { exitCode, stdout, stderr } = tercel(['replay', recording, ...config])
    assert.equal(exitCode, 0)
    const lines = stdout.split('\n').slice(0, -1)
    assert.equal(lines.length, 3)
    assert.match(
      lines[0]!,
      /^03:04:06\.000000000: Warning Sensitive file read by untrusted program \(file=\/etc\/shadow /
    )
    assert.match(
      lines[2]!,
      /^03:04:07\.000000000: Warning Events or processes were lost \(total=5 reasons=ring_full=5\)$/
    )
    assert.match(stderr, /^2 events of 1 recording in \d\.\d\d s \([\d,]+ events\/s\), 3 alerts\n/)
    assert.match(stderr, /^ +2 {2}Sensitive file read by untrusted program$/m)
    assert.ok(!stderr.includes('warning') && !stderr.includes('\x1b'))
  })

  test('prints the same JSON each time', () => {
    const once = tercel(['replay', recording, recording, '--output', 'json', ...config])
    const again = tercel(['replay', recording, recording, '--output', 'json', ...config])
    assert.equal(once.stdout, again.stdout)
    const alerts = alertsOf(once.stdout)
    assert.equal(alerts.length, 6)
    assert.equal(alerts[0]!.hostname, 'node-1')
    assert.equal(alerts[0]!.output_fields['user.name'], 'root')
  })

  test('runs the rules that are named, whatever is configured', () => {
    const text =
      '- rule: Mine\n  desc: d\n  condition: evt.type = openat\n  output: mine %proc.exe\n  priority: ERROR\n'
    const { stdout, exitCode } = tercel(['replay', recording, '--rules', write('mine.yaml', text), '-o', 'json'])
    const [alert] = alertsOf(stdout)
    assert.deepEqual([exitCode, alert?.rule, alert?.output_fields['proc.exe']], [0, 'Mine', 'sh\\nforged'])
  })

  test('names the problems of rules, and plays nothing', () => {
    const rules = write(
      'bad.yaml',
      '- rule: r\n  desc: d\n  condition: proc.nmae = x\n  output: o\n  priority: ERROR\n'
    )
    const { stdout, stderr, exitCode } = tercel(['replay', recording, '--rules', rules])
    assert.match(stderr, /bad\.yaml:3:\d+: .*did you mean proc\.name\?/)
    assert.deepEqual([exitCode, stdout], [78, ''])
  })

  test('plays a cut recording to the cut, and says so', () => {
    const second = blocksOf(bytes)[1]!.position
    const cut = write('cut.rec', bytes.subarray(0, second + 20))
    const { stdout, stderr, exitCode } = tercel(['replay', cut, ...config])
    assert.equal(stdout.split('\n').length, 2)
    assert.match(stderr, new RegExp(`^warning: ${cut}: played up to byte ${second}: it ends within a block$`, 'm'))
    assert.equal(exitCode, 0)
  })

  test('plays around a damaged block, with an alert for what is missing', () => {
    const damaged = Buffer.from(bytes)
    damaged[blocksOf(bytes)[1]!.position + blockHeadLength]! ^= 1
    const { stdout, stderr, exitCode } = tercel(['replay', write('damaged.rec', damaged), ...config])
    assert.match(stdout, /Events or processes were lost \(total=1 reasons=damaged_events=1\)/)
    assert.match(stderr, /^warning: .*damaged\.rec: the block at byte \d+ is damaged: 1 events are missing$/m)
    assert.equal(exitCode, 0)
  })

  test('ends quietly when nobody reads its output any more', () => {
    const many = Array.from({ length: 900 }, (_, index) => shadow(index))
    const path = write('many.rec', recordingOf([[hello, scan], ...many.map(frame => [frame])], all))
    const pipe = `"$0" "$1" replay "$2" --config config/tercel.yaml; echo "exit $?" >&2`
    const script = `{ ${pipe}; } | head -n 1`
    const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, mainPath, path], { encoding: 'utf8' })
    assert.equal(stdout.split('\n').length, 2)
    assert.equal(stderr.replace(/^\(node:.*\n/gm, ''), 'exit 0\n')
  })

  const broken: readonly [name: string, path: string, message: RegExp][] = [
    ['a file that is missing', join(directory, 'none.rec'), /cannot read .*none\.rec: it does not exist/],
    ['a folder', directory, /is not a file: a recording was expected/],
    ['an empty file', write('empty', ''), /empty is empty: a recording of tercel was expected/],
    ['another file', write('script', '#!/bin/sh\necho of some length\n'), /script is no recording of tercel/],
    ['a cut header', write('head.rec', bytes.subarray(0, 60)), /is cut within its header/],
    [
      'frames of another version',
      write('old.rec', recordingOf([], { frameVersion: 9 })),
      /made by tercel 0\.1\.0 with version 9 of the frames, this tercel reads \d+: replay it with that release/
    ],
    ['frames that make no sense', write('odd.rec', recordingOf([[scan]])), /the block at byte \d+ makes no sense/]
  ]
  for (const [name, path, message] of broken) {
    test(`refuses ${name}, before it plays another`, () => {
      const { exitCode, stdout, stderr } = tercel(['replay', path, ...config])
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /^\s+at /m)
      assert.deepEqual([exitCode, stdout], [78, ''])
    })
  }

  test('refuses a recording that this user may not read', { skip: process.getuid?.() !== 0 && 'needs root' }, () => {
    const secret = write('secret.rec', bytes)
    const command = ['--reuid=61999', '--clear-groups', process.execPath, mainPath, 'replay', secret]
    spawnSync('chmod', ['600', secret])
    spawnSync('chmod', ['755', directory])
    const { status, stderr } = spawnSync('setpriv', command, { encoding: 'utf8' })
    assert.match(stderr, /^tercel: cannot read .*secret\.rec: permission denied$/m)
    assert.equal(status, 78)
  })

  const misuse: readonly [name: string, args: string[], message: RegExp][] = [
    ['no recording', [], /missing required argument 'file'/],
    ['an unknown form', [recording, '--output', 'xml'], /argument 'xml' is invalid. Allowed choices are text, json/],
    ['rules without a file', [recording, '--rules'], /argument missing/]
  ]
  for (const [name, args, message] of misuse) {
    test(`${name} is wrong usage`, () => {
      const { exitCode, stdout, stderr } = tercel(['replay', ...args])
      assert.match(stderr, message)
      assert.deepEqual([exitCode, stdout], [64, ''])
    })
  }
})
