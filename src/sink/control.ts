/** The control path: questions about what arrived, and new faults. No webhook path begins with `/_sink`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { formatProblem, messageOf, TercelError } from '../../base/errors.ts'
import type { AlertRecord } from './book.ts'
import type { Sink } from './sink.ts'

const prefix = '/_sink'

export function isControl(path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || '/?'.includes(path[prefix.length]!))
}

/** What each method and path does. What it gives is the answer's JSON. */
const routes: Readonly<Record<string, (sink: Sink, url: URL, body: string) => unknown>> = {
  'GET /_sink/summary': sink => sink.summary(),
  'GET /_sink/requests': (sink, url) => sink.requests(Number(url.searchParams.get('last') ?? Number.POSITIVE_INFINITY)),
  'GET /_sink/faults': sink => sink.faults,
  'PUT /_sink/faults': (sink, _, body) => {
    sink.setFaults(body)
    return sink.faults
  },
  'DELETE /_sink/faults': sink => {
    sink.setFaults('{}')
    return sink.faults
  },
  'DELETE /_sink': sink => {
    sink.forget()
    return sink.summary()
  }
}

/** Answers a request to the control path. */
export async function control(
  sink: Sink,
  request: IncomingMessage,
  response: ServerResponse,
  body: string
): Promise<void> {
  const url = new URL(request.url!, 'http://sink')
  const name = `${request.method} ${url.pathname}`
  if (name === 'GET /_sink/alerts') return sendAlerts(sink, response)
  const route = Object.hasOwn(routes, name) ? routes[name]! : undefined
  if (route === undefined) {
    const known = ['GET /_sink/alerts', ...Object.keys(routes)].join(', ')
    return sendJson(response, 404, { error: `no such question: expected one of ${known}` })
  }
  try {
    sendJson(response, 200, route(sink, url, body))
  } catch (error) {
    if (!(error instanceof TercelError)) throw error
    sendJson(response, 400, { error: messageOf(error), problems: error.problems.map(formatProblem) })
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value, undefined, 2)}\n`)
}

async function sendAlerts(sink: Sink, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' })
  // The client may go away in the middle of a long answer.
  await pipeline(Readable.from(chunksOf([...sink.alerts()])), response).catch(() => {})
}

const chunk = 1000

/** One JSON array in pieces: a million records in one text would be too long for a while of other work. */
function* chunksOf(records: readonly AlertRecord[]): Generator<string> {
  yield '['
  for (let start = 0; start < records.length; start += chunk) {
    const lines = records.slice(start, start + chunk).map(record => JSON.stringify(record))
    yield `${start === 0 ? '\n' : ',\n'}${lines.join(',\n')}`
  }
  yield '\n]\n'
}
