/** Paths as bytes (latin1): joining and making them normal without asking the file system. */

/** Stands for the bytes that a cut text lacks: … in UTF-8. */
export const cutMark = '\xe2\x80\xa6'

/**
 * Gives `path`, taken as relative to `directory`, without `.`, `..` and doubled slashes. As long as no component is a
 * symbolic link this is the file that the kernel opens; where one is, the resolved path says which. What begins in a
 * directory whose own beginning is cut stays marked, however often the path goes up.
 */
export function absolutePath(path: string, directory: string | undefined): string | undefined {
  if (path.startsWith('/')) return isNormal(path) ? path : normalise(path)
  if (directory === undefined) return undefined
  if (directory.startsWith(cutMark)) return cutMark + normalise(`${directory.slice(cutMark.length)}/${path}`)
  const joined = directory === '/' ? `/${path}` : `${directory}/${path}`
  return joined.startsWith('/') && isNormal(joined) ? joined : normalise(joined)
}

/** A component that is nothing, a dot or two of them. */
const needless = /\/\.{0,2}(?:\/|$)/

/** Hidden files are common, so a dot alone decides nothing; to look for two bytes is far quicker than the expression. */
function isNormal(path: string): boolean {
  if (!path.includes('//') && !path.includes('/.') && !path.endsWith('/')) return true
  return path === '/' || !needless.test(path)
}

function normalise(path: string): string {
  const kept: string[] = []
  for (const component of path.split('/')) {
    if (component === '' || component === '.') continue
    if (component === '..') kept.pop()
    else kept.push(component)
  }
  return `/${kept.join('/')}`
}
