/**
 * Loads mutated rule files for some minutes: a clean error or a rule each time, never a crash, a hang or memory without bound.
 * Run: npm run bench:fuzz [-- MINUTES] (ten by default). Ends at the first failure and prints its seed and its text.
 *
 * The files are made of the items of the rules that ship and, where it lies beside the checkout (../shared/compat), of Falco's
 * ruleset, and of random conditions. A short run of the same is one of the tests.
 */
import { existsSync, readFileSync } from 'node:fs'
import { shippedRules } from '../src/configuration.ts'
import { resolveData } from '../src/paths.ts'
import { load, randomRuleFile } from '../test/rules/engine/rule-fuzzer.ts'
import { seededRandom } from '../test/rules/support.ts'
import { announce, figure, table } from './report.ts'

const minutes = Number(process.argv[2] ?? 10)
const beside = resolveData('../shared/compat/falco_rules.yaml')
const files = existsSync(beside) ? [...shippedRules, beside] : shippedRules
const corpus = files.flatMap(file => readFileSync(file, 'utf8').split(/\n(?=- )/))

announce('mutated rule files', minutes)
const end = performance.now() + minutes * 60_000
let seed = 1
let loaded = 0
let slowest = 0
let mostMemory = 0
for (; performance.now() < end; seed++) {
  const random = seededRandom(seed)
  const text = randomRuleFile(random, corpus)
  const start = performance.now()
  try {
    if (load(text, random)) loaded++
  } catch (error) {
    process.stderr.write(`seed ${seed}:\n${text}\n`)
    throw error
  }
  slowest = Math.max(slowest, performance.now() - start)
  if (seed % 1000 === 0) mostMemory = Math.max(mostMemory, process.memoryUsage().rss)
}
const rows = [
  ['files', (seed - 1).toLocaleString('en')],
  ['of which loaded', loaded.toLocaleString('en')],
  ['crashes', '0'],
  ['slowest, ms', figure(slowest)],
  ['most memory, MiB', figure(mostMemory / 2 ** 20)]
]
process.stdout.write(table([`mutated rule files, ${minutes} minutes`, ''], rows))
