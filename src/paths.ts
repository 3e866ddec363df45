/**
 * Where the parts of tercel lie. The same code runs from two trees: from the TypeScript sources in development, and
 * from `dist/`, which mirrors them file by file. What is not compiled (rules, configuration, the native reader) exists
 * once, at the root of the repository, and serves both.
 */
import { fileURLToPath } from 'node:url'

const compiled = import.meta.url.endsWith('.js')

/** The folder that holds `src/`: the root of the repository, or `dist/`. */
const modules = new URL('../', import.meta.url)

const root = compiled ? new URL('../', modules) : modules

/**
 * Gives the URL of a module of tercel, to start a worker from or to import.
 *
 * @param path from the root of the repository with the source's name, such as `src/delivery/spool-worker.ts`.
 */
export function resolveModule(path: string): URL {
  return new URL(compiled ? path.replace(/\.ts$/, '.js') : path, modules)
}

/**
 * Gives the absolute path of a file that is not compiled.
 *
 * @param path from the root of the repository, such as `rules/tercel_rules.yaml`.
 */
export function resolveData(path: string): string {
  return fileURLToPath(new URL(path, root))
}
