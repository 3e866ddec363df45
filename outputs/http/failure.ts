/** Why a request got no answer, in words that say what to look at. */
import { errors } from 'undici'
import { messageOf } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import { explainRefusal, type HttpProxy, nameOf, ProxyError } from './proxy.ts'
import { parseRetryAfter } from './retry-after.ts'
import { meaningOf } from './status.ts'

export interface Failure {
  readonly reason: string
  /** Trying again will not help before somebody has mended something. */
  readonly operator: boolean
  /** The pause in milliseconds that was asked for. */
  readonly afterMs?: number | undefined
}

const unanswered = 'before it answered'

const network: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses the connection: is it running, and is the port right?',
  ECONNRESET: `the connection was reset ${unanswered}`,
  EPIPE: `the connection was closed ${unanswered}`,
  UND_ERR_SOCKET: `the connection was closed ${unanswered}`,
  ETIMEDOUT: 'no connection in time: does a firewall drop it?',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within connect_timeout_seconds: does a firewall drop it?',
  ENOTFOUND: 'its name does not resolve: check the host in url, and the DNS',
  EAI_AGAIN: 'no DNS server answers: check the DNS',
  EHOSTUNREACH: 'no route to it: check the network',
  ENETUNREACH: 'no route to it: check the network',
  EMFILE: 'too many files and connections are open: raise the limit (ulimit -n)',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of its answer are larger than 16 KiB'
}

/** Why a certificate does not verify (OpenSSL's X509_V_ERR_…, as Node names them). */
const certificates: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'unknown CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown CA',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown CA',
  CERT_UNTRUSTED: 'unknown CA',
  INVALID_CA: 'it was signed by what is no CA',
  CERT_CHAIN_TOO_LONG: 'its chain is too long',
  PATH_LENGTH_EXCEEDED: 'its chain is too long',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  INVALID_PURPOSE: 'it is not for servers',
  CERT_REJECTED: 'it is not for servers',
  CERT_REVOKED: 'it was revoked',
  CERT_HAS_EXPIRED: 'it has expired: renew it, or check the clock of this machine',
  CERT_NOT_YET_VALID: 'it is not valid yet: check the clock of this machine',
  HOSTNAME_MISMATCH: 'it is for another name',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name: check the host in url, or set tls.server_name'
}

/** The server's alert says that it wants another certificate from us, or another TLS (RFC 8446, section 6.2). */
const refusesUs =
  /ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR|HANDSHAKE_FAILURE|NO_CERTIFICATE)/
const otherTls = /UNRECOGNIZED_NAME|PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY/
const noTls = /ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST|RECORD_OVERFLOW)/

/** The first byte of a TLS alert (RFC 8446, section 5.1). */
const tlsAlert = 0x15

/** @param target what was asked, such as `https://hooks.example.org`. */
export function explainFailure(error: unknown, target: string): Failure {
  if (error instanceof ProxyError) return explainProxyError(error, target)
  const { text, operator } = explainNetwork(error, target)
  return { reason: printableText(`${target}: ${text}`), operator }
}

function explainProxyError({ proxy, status, retryAfter, cause }: ProxyError, target: string): Failure {
  if (status === undefined) return explainProxyFailure(cause, proxy)
  const operator = meaningOf(status, '') !== 'retry'
  const afterMs = operator ? undefined : parseRetryAfter(retryAfter, Date.now())
  return { reason: `${nameOf(proxy)} ${explainRefusal(status, target)}`, operator, afterMs }
}

/** Why there is no connection to the proxy itself. The settings that mend it stand under `proxy`. */
export function explainProxyFailure(error: unknown, proxy: HttpProxy): Failure {
  const { text, operator } = explainNetwork(error, proxy.url.origin)
  const settings = text.replace(/\b(url|tls\.\w+)\b/g, 'proxy.$1')
  return { reason: printableText(`${nameOf(proxy)}: ${settings}`), operator }
}

function explainNetwork(error: unknown, target: string): { text: string; operator: boolean } {
  const code = codeOf(error)
  const [text, operator] = explain(error, code, target)
  return { text: code === '' ? text : `${text} (${code})`, operator }
}

function explain(error: unknown, code: string, target: string): [reason: string, operator: boolean] {
  if (Object.hasOwn(network, code)) {
    // A server that speaks TLS may hang up on plain HTTP, and on a certificate that it does not take, without a word.
    const hint = target.startsWith('https:') ? 'does it want another tls.cert_file?' : 'does it expect https://?'
    if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET') return [`${network[code]!}; ${hint}`, false]
    return [network[code]!, false]
  }
  if (Object.hasOwn(certificates, code)) {
    const what = certificates[code]!
    const advice = what === 'unknown CA' ? 'its CA is not known: name the file of its certificate in tls.ca_file' : what
    return [`its certificate does not verify: ${advice}`, true]
  }
  if (noTls.test(code)) return ['it does not speak TLS there: check the port, or begin url with http://', true]
  if (refusesUs.test(code)) {
    return ['it refuses our certificate, or wants one: check tls.cert_file and tls.key_file', true]
  }
  if (otherTls.test(code)) return [`it does not agree on TLS: ${messageOf(error)}`, true]
  if (code.startsWith('ERR_SSL_')) return [`the TLS handshake failed: ${messageOf(error)}`, false]
  if (error instanceof errors.HTTPParserError) {
    const { data } = error as { data?: unknown }
    if (typeof data === 'string' && data.charCodeAt(0) === tlsAlert)
      return ['it speaks TLS there: begin url with https://', true]
    return ['its answer is not HTTP: check the port', false]
  }
  // Node's own parser, which reads what a proxy answers to CONNECT.
  if (code.startsWith('HPE_')) return ['its answer is not HTTP: check the port', false]
  return [messageOf(error) || 'the connection failed', false]
}

/** The code of an error, or of the first of those that it stands for (one for each address of a name). */
function codeOf(error: unknown): string {
  const { code, errors } = Object(error) as { code?: unknown; errors?: readonly unknown[] }
  if (typeof code === 'string') return code
  return errors === undefined || errors.length === 0 ? '' : codeOf(errors[0])
}
