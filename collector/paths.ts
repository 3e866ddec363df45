/** Paths as bytes (latin1): joining and making them normal without asking the file system. */

/**
 * Gives `path`, taken as relative to `directory`, without `.`, `..` and doubled slashes. As long as no component is a
 * symbolic link this is the file that the kernel opens; where one is, the resolved path says which.
 */
export function absolutePath(path: string, directory: string | undefined): string | undefined {
  if (path.startsWith('/')) return isNormal(path) ? path : normalise(path)
  if (directory === undefined) return undefined
  return normalise(`${directory}/${path}`)
}

function isNormal(path: string): boolean {
  return !path.includes('//') && !path.includes('/.') && (path.length === 1 || !path.endsWith('/'))
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
