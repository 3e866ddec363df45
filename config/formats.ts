/** The formats that schemas may name, each with the words that an error puts after "expected". */
import { parseSize } from './quantities.ts'

export interface TextFormat {
  readonly expected: string
  readonly accepts: (text: string) => boolean
}

/** sun_path holds 108 bytes with the final null (unix(7)). */
const maxSocketPath = 107

const printable = /^[^\p{Cc}\p{Cs}]+$/u

export const formats: Readonly<Record<string, TextFormat>> = {
  size: { expected: 'a size such as 512MiB', accepts: text => parseSize(text) !== undefined },
  path: { expected: 'a path', accepts: text => printable.test(text) },
  'socket-path': {
    expected: `a path of at most ${maxSocketPath} bytes`,
    accepts: text => printable.test(text) && Buffer.byteLength(text) <= maxSocketPath
  },
  'output-name': {
    expected: 'a name of up to 63 letters, digits, dots, dashes and underscores',
    accepts: text => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(text)
  },
  // As useradd(8) takes it.
  'user-name': { expected: 'the name of a user', accepts: text => /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/.test(text) }
}
