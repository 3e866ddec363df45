/** `tercel replay`: what rules say to recordings of `tercel record`. */
import { Command, Option } from 'commander'
import { printableText } from '../../base/printable.ts'
import { type OpenRecording, openRecording } from '../../collector/recording/files.ts'
import { type AlertFormat, alertFormats } from '../../outputs/alert-formats.ts'
import { loadChosenRules } from '../chosen-rules.ts'
import { LineWriter } from '../line-writer.ts'
import { redact } from '../log.ts'
import { cannotPrint, readerWentAway } from '../print.ts'
import { printedProblem } from '../problems.ts'
import { Replay } from '../replay.ts'
import { configOption } from './options.ts'
import { Progress } from './progress.ts'

interface ReplayCommandOptions {
  readonly config?: string
  readonly rules?: readonly string[]
  readonly output: AlertFormat
}

export const replayCommand = new Command('replay')
  .description('run rules over recordings of tercel record and print the alerts; needs no privileges')
  .argument('<file...>', 'recordings, which are played one after the other')
  .option('-r, --rules <files...>', 'rule files, in place of those that the configuration names')
  .addOption(new Option('-o, --output <format>', 'form of the alerts').choices(['text', 'json']).default('text'))
  .addOption(configOption())
  .addHelpText(
    'after',
    '\nThe same recordings and rules give the same output. A recording that is cut is played up to the cut.'
  )
  .action(async (paths: readonly string[], { config, rules, output }: ReplayCommandOptions) => {
    const ruleset = await loadChosenRules({ config, files: rules })
    const warnings = ruleset.warnings.map(warning => printedProblem(warning, 'warning'))
    const recordings = paths.map(openRecording)
    const lines = new LineWriter(process.stdout)
    const progress = new ReplayProgress(recordings)
    const replay = new Replay({
      ruleset,
      print: alert => lines.add(alertFormats[output](alert)),
      warn: message => warnings.push(printedProblem({ message }, 'warning')),
      onProgress: position => progress.show(position)
    })
    const start = performance.now()
    try {
      for (const recording of recordings) {
        await replay.play(recording.reader)
        progress.pass(recording)
      }
    } catch (error) {
      if (readerWentAway(error)) return
      throw cannotPrint(error)
    } finally {
      progress.stop()
      for (const warning of warnings) process.stderr.write(`${warning}\n`)
    }
    for (const line of summary(replay, recordings.length, performance.now() - start)) say(line)
  })

function summary({ events, alerts, heldBack, failed }: Replay, files: number, ms: number): string[] {
  const count = (number: number, noun: string) => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
  const total = [...alerts.values()].reduce((sum, each) => sum + each, 0)
  const rate = Math.round((events / ms) * 1000).toLocaleString('en')
  const seconds = (ms / 1000).toFixed(2)
  return [
    `${count(events, 'event')} of ${count(files, 'recording')} in ${seconds} s (${rate} events/s), ${count(total, 'alert')}`,
    ...[...alerts].map(([rule, number]) => `${number.toLocaleString('en').padStart(8)}  ${rule}`),
    ...[...heldBack].map(([rule, number]) => `the limit of the rule ${rule} held back ${count(number, 'alert')} more`),
    ...(failed > 0 ? [`${count(failed, 'event')} could not be matched`] : [])
  ]
}

function say(line: string): void {
  process.stderr.write(`${printableText(redact(line))}\n`)
}

/** How far the replay is, on a terminal; elsewhere nothing. */
class ReplayProgress {
  readonly #progress = new Progress({ lines: false })
  readonly #total: number
  /** Bytes of the recordings that are played. */
  #passed = 0

  constructor(recordings: readonly OpenRecording[]) {
    this.#total = recordings.reduce((sum, { size }) => sum + size, 0)
    this.show(0)
  }

  show(position: number): void {
    this.#progress.show({ step: 'replayed', done: this.#passed + position, total: this.#total })
  }

  pass({ size }: OpenRecording): void {
    this.#passed += size
    this.show(0)
  }

  stop(): void {
    this.#progress.stop()
  }
}
