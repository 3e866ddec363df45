/** Whether this Node will do. It is asked before anything else is loaded: an older one cannot even load the rest. */
import { existsSync } from 'node:fs'

/** As `engines` in package.json says. */
const leastNode = 24

/**
 * What to say when Node of this version cannot run tercel; undefined when it can.
 *
 * @param own where set-up puts a newer one.
 */
export function refusalOfNode(version: string, own: string): string | undefined {
  if (Number.parseInt(version, 10) >= leastNode) return undefined
  const remedy = existsSync(own)
    ? `type ${own} in place of node`
    : `install a newer one, or type npm start: it puts one into the checkout`
  return `Node ${leastNode} or newer is needed, and this is Node ${version}: ${remedy}`
}
