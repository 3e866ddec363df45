/** Which configuration file counts, and what `config/` has to know of the other rooms to check it. */
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { outputDefinitions } from '../outputs/index.ts'
import { readOwnPreset } from '../outputs/preset/load.ts'
import { routingProblems } from './delivery/routing.ts'
import { hideSecrets } from './log.ts'
import { resolveData } from './paths.ts'

const systemFile = '/etc/tercel/tercel.yaml'

/** The rule files that are loaded when the configuration names none. */
export const shippedRules = [resolveData('rules/tercel_rules.yaml')]

/** The file that is read without `--config`: the system's, else the one that ships with tercel. */
export function defaultConfigFile(): string {
  if (existsSync(systemFile)) return systemFile
  const shipped = resolveData('config/tercel.yaml')
  const near = relative(process.cwd(), shipped)
  return near.startsWith('..') ? shipped : near
}

/** Whether the user has a configuration, and not just the one that ships with tercel. */
export function hasConfiguration(file: string | undefined): boolean {
  return file !== undefined || existsSync(systemFile)
}

/**
 * Loads the configuration of a command and hides its secrets from the log and from printed errors.
 *
 * @param file what `--config` named, if it was given.
 * @throws TercelError TERCEL_CONFIG with every problem of the file.
 */
export async function loadConfiguration(file: string = defaultConfigFile()): Promise<Config> {
  const config = await loadConfig(file, {
    outputDefinitions,
    outputProblems: routingProblems,
    parsePreset: readOwnPreset,
    shippedRules,
    env: process.env
  })
  hideSecrets(config.secrets)
  return config
}
