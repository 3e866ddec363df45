/** The formats that schemas may name, each with the words that an error puts after "expected". */
import { parseListen } from './listen.ts'
import { parseSize } from './quantities.ts'

export interface TextFormat {
  readonly expected: string
  readonly accepts: (text: string) => boolean
}

/** sun_path holds 108 bytes with the final null (unix(7)). */
export const maxSocketPath = 107

/** RFC 9110, section 5.1: a token. */
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/

/** They say how a message is framed and where it goes, or are of one request: none may come from a configuration. */
const ownHeaders: readonly string[] = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'content-encoding',
  'proxy-authorization',
  'idempotency-key'
]

/** They would say the same as, or another thing than, what tercel puts into the request for a token. */
const ownTokenParameters: readonly string[] = ['grant_type', 'client_id', 'client_secret', 'scope', 'audience']

const printable = /^[^\p{Cc}\p{Cs}]+$/u

export const formats: Readonly<Record<string, TextFormat>> = {
  size: { expected: 'a size such as 512MiB', accepts: text => parseSize(text) !== undefined },
  path: { expected: 'a path', accepts: text => printable.test(text) },
  'socket-path': {
    expected: `a path of at most ${maxSocketPath} bytes`,
    accepts: text => printable.test(text) && Buffer.byteLength(text) <= maxSocketPath
  },
  'output-name': {
    expected: 'a name of up to 63 letters, digits, dots, dashes and underscores',
    accepts: text => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(text)
  },
  'http-url': {
    expected:
      'a URL such as https://hooks.example.org/alerts, without user name and password: they belong in auth.basic',
    accepts: isHttpUrl
  },
  'token-url': {
    expected:
      'a URL such as https://login.example.org/oauth2/token, without user name and password: they belong in client_id and client_secret',
    accepts: isHttpUrl
  },
  'proxy-url': {
    expected:
      'the URL of a proxy, such as http://proxy.example.org:3128, without a path, and without user name and password: they belong in proxy.auth',
    accepts: text => isHttpUrl(text) && /^[^/]+\/\/[^/?#]+\/?$/.test(text)
  },
  'https-url': { expected: 'a URL that begins with https://', accepts: text => /^https:/i.test(text) },
  'header-name': {
    expected: 'the name of a header',
    accepts: text => headerName.test(text)
  },
  'request-header': {
    expected: `the name of a header other than ${ownHeaders.join(', ')}, which tercel sets`,
    accepts: text => headerName.test(text) && !ownHeaders.includes(text.toLowerCase())
  },
  // RFC 9110, section 5.5. What is beyond ASCII arrives differently from server to server.
  'header-value': {
    expected: 'the value of a header: printable ASCII on one line',
    accepts: text => /^[\t\x20-\x7e]{0,8192}$/.test(text)
  },
  'setting-name': {
    expected: 'a name of up to 40 small letters, digits and underscores',
    accepts: text => /^[a-z][a-z0-9_]{0,39}$/.test(text)
  },
  pattern: { expected: 'a regular expression', accepts: isPattern },
  'header-beside-auth': {
    expected: 'a header other than authorization, which auth sets',
    accepts: text => text.toLowerCase() !== 'authorization'
  },
  // Wider than RFC 6750, section 2.1: what a server calls a token is its own affair, but it has no white space.
  'access-token': { expected: 'a token: printable ASCII without spaces', accepts: isAccessToken },
  'token-parameter': {
    expected: `the name of a parameter other than ${ownTokenParameters.join(', ')}, which tercel sets`,
    accepts: text => printable.test(text) && !ownTokenParameters.includes(text)
  },
  // RFC 7617, section 2.
  'basic-username': {
    expected: 'a user name: printable text without a colon',
    accepts: text => printable.test(text) && !text.includes(':')
  },
  'listen-address': {
    expected: 'a host and a port, such as 127.0.0.1:2802 or [::1]:2802',
    accepts: text => parseListen(text) !== undefined
  },
  // RFC 6750, section 2.1: b64token.
  'bearer-token': {
    expected: 'a token of 16 to 512 letters, digits and -._~+/=',
    accepts: text => /^[A-Za-z0-9._~+/-]+=*$/.test(text) && text.length >= 16 && text.length <= 512
  },
  // As useradd(8) takes it.
  'user-name': { expected: 'the name of a user', accepts: text => /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/.test(text) }
}

/** Whether a text can stand in `authorization: Bearer …`. */
export function isAccessToken(text: string): boolean {
  return /^[\x21-\x7e]{1,8000}$/.test(text)
}

/** URL parsers drop white space and take a host in many spellings: what stands there must be what is meant. */
function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !printable.test(text) || !URL.canParse(text)) return false
  const { username, password } = new URL(text)
  return username === '' && password === ''
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
