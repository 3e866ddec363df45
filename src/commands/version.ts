/** `tercel version` */
import { Command } from 'commander'
import { print } from '../print.ts'
import { tercelVersion } from '../version.ts'

export const versionCommand = new Command('version')
  .description('print the version of tercel and of what it runs on')
  .action(async () => {
    const { platform, arch, version } = process
    await print(`tercel ${tercelVersion()} (node ${version.slice(1)}, ${platform} ${arch})\n`)
  })
