/** Answers a request the way a fault says. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Fault } from './faults.ts'

/** The pause between two bytes of a slow body. */
const slowMs = 20
const endlessChunk = Buffer.alloc(64 * 1024, '.')
/** Where an answer needs a body to be cut or to be slow. */
const filler = '.'.repeat(64)

/** @param socket the TCP socket below the response: with TLS it is not the response's own. */
export function answer(response: ServerResponse, socket: Socket, fault: Fault): void {
  // The client may go away at any moment; what is written then has nobody to hear of it.
  response.on('error', () => {})
  if (fault.delay_ms === 0) send(response, socket, fault)
  else setTimeout(() => response.destroyed || send(response, socket, fault), fault.delay_ms).unref()
}

function send(response: ServerResponse, socket: Socket, fault: Fault): void {
  const finish = () => end(response, socket, fault)
  if (fault.send === 'nothing') finish()
  else if (fault.send === 'garbage') response.socket?.write('\x00\xff this is no HTTP\r\n\r\n', finish)
  else sendHttp(response, fault, finish)
}

function sendHttp(response: ServerResponse, fault: Fault, finish: () => void): void {
  const body = Buffer.from(fault.body ?? (fault.send === 'whole' ? '' : filler))
  const length = fault.send === 'endless' ? {} : { 'content-length': body.length }
  try {
    response.writeHead(fault.status, { ...retryAfter(fault), ...length, ...fault.headers })
  } catch {
    // Some heads Node does not write, such as one with a trailer and a length.
    response.destroy()
    return
  }
  if (fault.send === 'whole') response.end(body, finish)
  else if (fault.send === 'half') response.write(body.subarray(0, Math.ceil(body.length / 2)), finish)
  else if (fault.send === 'slowly') sendSlowly(response, body, finish)
  else sendForEver(response)
}

function retryAfter({ retry_after: seconds, retry_after_as: form }: Fault): Record<string, string> {
  if (seconds === undefined) return {}
  const value = form === 'date' ? new Date(Date.now() + seconds * 1000).toUTCString() : String(seconds)
  return { 'retry-after': value }
}

function sendSlowly(response: ServerResponse, body: Buffer, finish: () => void): void {
  let sent = 0
  response.flushHeaders()
  const timer = setInterval(() => {
    if (sent < body.length) response.write(body.subarray(sent, ++sent))
    else {
      clearInterval(timer)
      response.end(finish)
    }
  }, slowMs)
  response.once('close', () => clearInterval(timer))
}

function sendForEver(response: ServerResponse): void {
  const more = (): void => {
    if (!response.destroyed) response.write(endlessChunk, () => setImmediate(more))
  }
  more()
}

function end(response: ServerResponse, socket: Socket, { connection }: Fault): void {
  if (connection === 'close') response.socket?.end()
  if (connection === 'reset') socket.resetAndDestroy()
}
