/** A token endpoint for tests: it keeps what it was asked, and answers as it is told. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface TokenServer {
  readonly url: string
  readonly asked: { readonly headers: IncomingHttpHeaders; readonly form: Readonly<Record<string, string>> }[]
  /** By default it gives token-1, token-2, … for an hour each. */
  respond: (response: ServerResponse, number: number) => void
}

/** Answers with that status and JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): TokenServer['respond'] {
  return response => response.writeHead(status, headers).end(JSON.stringify(value))
}

/** Answers with a token, `token-<number>` where none is named. */
export function grant(fields: Readonly<Record<string, unknown>> = {}): TokenServer['respond'] {
  return (response, number) => {
    const usual = { access_token: `token-${number}`, token_type: 'Bearer', expires_in: 3600 }
    response.writeHead(200).end(JSON.stringify({ ...usual, ...fields }))
  }
}

/** Starts one that ends with the test. */
export async function openTokenServer(
  t: TestContext,
  tls?: { readonly cert: Buffer; readonly key: Buffer }
): Promise<TokenServer> {
  const server = tls === undefined ? createServer() : createSecureServer(tls)
  server.on('request', async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString()
    tokens.asked.push({ headers: request.headers, form: Object.fromEntries(new URLSearchParams(text)) })
    tokens.respond(response, tokens.asked.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const tokens: TokenServer = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/token`,
    asked: [],
    respond: grant()
  }
  return tokens
}
