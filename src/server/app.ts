/** What all of the servers of tercel share: limits, errors as JSON, and nothing told that is not meant to be. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { messageOf } from '../../base/errors.ts'
import { printableJson } from '../../base/printable.ts'
import type { Log } from '../delivery/log.ts'
import type { ErrorAnswer } from './api-types.ts'
import { createLimitedServer } from './connections.ts'
import { failedAnswer, RequestError } from './errors.ts'

/** The same is not logged more often. */
const errorIntervalMs = 60_000

/** In bytes; the largest body is a list of ids. */
const bodyLimit = 64 * 1024

/** A server without routes. It listens nowhere: that is its caller's to do, or it is asked with `inject`. */
export function createApp(log: Log): FastifyInstance {
  const app = fastify({
    bodyLimit,
    serverFactory: createLimitedServer,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true, verbose: true } },
    clientErrorHandler: (error, socket) => answerClientError(error.code, socket)
  })
  surviveErrors(app.server, log)
  app.setReplySerializer(payload => printableJson(payload))
  app.addHook('onRequest', async (_, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
  })
  app.setNotFoundHandler(() => {
    throw new RequestError(
      404,
      'not_found',
      'there is nothing of this method and path: docs/server.md lists what there is'
    )
  })
  app.setErrorHandler((error, request, reply) => {
    const { status, answer, defect } = failedAnswer(error)
    if (defect) log.error({ err: error, route: request.routeOptions.url }, 'a request could not be answered')
    if (status === 401) reply.header('www-authenticate', 'Bearer')
    // What is left of the body is not read.
    if (status !== 404 && request.method !== 'GET') reply.header('connection', 'close')
    return reply.code(status).send(answer)
  })
  return app
}

/** Such as a connection that could not be taken for want of descriptors. What keeps it from listening is said elsewhere. */
function surviveErrors(server: Server, log: Log): void {
  let saidMs = Number.NEGATIVE_INFINITY
  server.on('error', error => {
    if (!server.listening || performance.now() - saidMs < errorIntervalMs) return
    saidMs = performance.now()
    log.warn({ reason: messageOf(error) }, 'the server could not take a connection')
  })
}

const clientErrors: Readonly<Record<string, readonly [line: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request took too long to arrive'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are larger than 8 KiB']
}

/** What came is no request that could be routed. */
function answerClientError(code: string, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [line, message] = clientErrors[code] ?? ['400 Bad Request', 'this is not HTTP']
  const body = JSON.stringify({ error: 'bad_request', message } satisfies ErrorAnswer)
  const headers = `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close`
  socket.end(`HTTP/1.1 ${line}\r\n${headers}\r\n\r\n${body}`, () => socket.destroy())
}
