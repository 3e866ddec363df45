/** What a status means for the alerts of a request, the same for every output that speaks HTTP. */

export type Meaning =
  /** Taken. */
  | 'delivered'
  /** Not now. */
  | 'retry'
  /** It refuses us, whatever the alert: wrong place, wrong credentials, wrong kind of request. */
  | 'hold'
  /** It refuses this request: one alert of it at least. */
  | 'refuse'

/** Request Timeout, Too Early, Too Many Requests: said of the moment, not of the request. */
const momentary = [408, 425, 429]

/**
 * Statuses that every other alert would get as well. 402 Payment Required, 405 Method Not Allowed, 406 Not Acceptable,
 * 407 Proxy Authentication Required, 410 Gone, 411 Length Required, 414 URI Too Long, 415 Unsupported Media Type, 421
 * Misdirected, 426 Upgrade Required, 428 Precondition Required, 431 Request Header Fields Too Large, 451 Unavailable For
 * Legal Reasons, 501 Not Implemented, 505 HTTP Version Not Supported, 511 Network Authentication Required.
 */
const operators = [401, 402, 403, 404, 405, 406, 407, 410, 411, 414, 415, 421, 426, 428, 431, 451, 501, 505, 511]

/**
 * Servers and proxies answer some mistakes of the operator with a plain 400, which would make dead letters of every
 * alert: nginx (ngx_http_special_response.c), Go (net/http), Apache httpd.
 */
const operatorTexts =
  /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|plain HTTP to an SSL-enabled server|No required SSL certificate was sent|The SSL certificate error|Request Header Or Cookie Too Large/i

/** @param text the beginning of the answer's body. */
export function meaningOf(status: number, text: string): Meaning {
  if (status >= 200 && status < 300) return 'delivered'
  if (operators.includes(status) || (status >= 300 && status < 400)) return 'hold'
  if (status === 400 && operatorTexts.test(text)) return 'hold'
  return momentary.includes(status) || status >= 500 ? 'retry' : 'refuse'
}
