#!/usr/bin/env node
/** Where the program begins. The rest is loaded only when this Node can load it. */
import { refusalOfNode } from './node-version.ts'
import { resolveData } from './paths.ts'

const refusal = refusalOfNode(process.versions.node, resolveData('node_modules/.bin/node'))
if (refusal !== undefined) {
  process.stderr.write(`tercel: ${refusal}\n`)
  process.exit(78) // as TERCEL_CONFIG in base/errors.ts
}
await import('./command-line.ts')
