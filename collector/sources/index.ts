/** The sources of events, by the name that the configuration gives them. One file each in this folder. */

import type { Source } from '../source.ts'
import { EbpfSource, type EbpfSourceOptions } from './ebpf.ts'
import { RecordingSource, type RecordingSourceOptions } from './recording.ts'

export const sources = {
  ebpf: (options: EbpfSourceOptions): Source => new EbpfSource(options),
  recording: (options: RecordingSourceOptions): RecordingSource => new RecordingSource(options)
} as const
