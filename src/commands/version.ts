/** `tercel version` */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { resolveData } from '../paths.ts'
import { print } from '../print.ts'

/** The version of this tercel, as in package.json. */
export function tercelVersion(): string {
  const { version } = JSON.parse(readFileSync(resolveData('package.json'), 'utf8')) as { version: string }
  return version
}

export const versionCommand = new Command('version')
  .description('print the version of tercel and of what it runs on')
  .action(async () => {
    const { platform, arch, version } = process
    await print(`tercel ${tercelVersion()} (node ${version.slice(1)}, ${platform} ${arch})\n`)
  })
