/** `tercel rules codes`: what the codes of errors and warnings mean. */
import { Command } from 'commander'
import { errorCodes, warningCodes } from '../../../rules/engine/problems.ts'
import { print } from '../../print.ts'

const tables: readonly (readonly [title: string, codes: Readonly<Record<string, string>>])[] = [
  ['Errors', errorCodes],
  ['Warnings', warningCodes]
]

export const codesCommand = new Command('codes')
  .description('list the codes of errors and warnings, and what they mean')
  .option('--markdown', 'as the page docs/rule-codes.md')
  .action(async ({ markdown }: { readonly markdown?: true }) => print(markdown ? page() : text()))

function text(): string {
  const width = Math.max(...tables.flatMap(([, codes]) => Object.keys(codes)).map(({ length }) => length))
  const lines = (codes: Readonly<Record<string, string>>) =>
    Object.entries(codes).map(([code, meaning]) => `  ${code.padEnd(width)}  ${meaning}`)
  return `${tables.map(([title, codes]) => [title, ...lines(codes)].join('\n')).join('\n\n')}\n`
}

function page(): string {
  const rows = (codes: Readonly<Record<string, string>>) =>
    Object.entries(codes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  const sections = tables.map(([title, codes]) =>
    [`## ${title}`, '', '| code | |', '|---|---|', ...rows(codes)].join('\n')
  )
  const opening =
    'Every error and warning of a rule file has a code that stays the same when its words are put better. The page is made\n' +
    'by `tercel rules codes --markdown`.'
  return `# Codes of errors and warnings\n\n${opening}\n\n${sections.join('\n\n')}\n`
}
