/** The certificates that an output names in its settings. */
import { X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { messageOf } from '../../base/errors.ts'
import { readFailure } from '../../base/file-failure.ts'
import { readSmallFile } from '../../config/files.ts'

export interface TlsSettings {
  readonly ca_file?: string
  readonly cert_file?: string
  readonly key_file?: string
  readonly server_name?: string
}

/** JSON schema of `TlsSettings`. */
export const tlsSchema = {
  type: 'object',
  additionalProperties: false,
  dependencies: { cert_file: ['key_file'], key_file: ['cert_file'] },
  description: 'For https. Files are PEM, relative to this file, and are read again after a failure.',
  properties: {
    ca_file: {
      type: 'string',
      format: 'path',
      description: 'The CA certificates to trust instead of those that Node trusts.'
    },
    cert_file: {
      type: 'string',
      format: 'path',
      description: 'The certificate with which tercel identifies itself, followed by the rest of its chain.'
    },
    key_file: { type: 'string', format: 'path', description: 'Its private key, without a passphrase.' },
    server_name: {
      type: 'string',
      minLength: 1,
      description: 'The name that the certificate must be for; the host in url when absent.'
    }
  }
} as const

/**
 * Reads the files and makes a context of them; undefined when none is named.
 *
 * @param under the key under which the settings stand, for errors.
 * @throws Error that names the setting, the file and what is wrong with it.
 */
export async function readTlsFiles(
  settings: TlsSettings,
  baseDirectory: string,
  under = 'tls'
): Promise<SecureContext | undefined> {
  const [ca, cert, key] = await Promise.all(
    (['ca_file', 'cert_file', 'key_file'] as const).map(name => read(`${under}.${name}`, settings[name], baseDirectory))
  )
  if (ca === undefined && cert === undefined) return undefined
  for (const [name, pem] of [
    ['ca_file', ca],
    ['cert_file', cert]
  ] as const) {
    if (pem !== undefined) checkCertificate(`${under}.${name} (${settings[name]})`, pem)
  }
  try {
    // What is undefined must be absent: an undefined CA is not the default.
    return createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) })
  } catch (error) {
    const { cert_file: certFile, key_file: keyFile } = settings
    throw new Error(`${under}.cert_file (${certFile}) and ${under}.key_file (${keyFile}): ${keyFailure(error)}`)
  }
}

/** Codes of OpenSSL 3 for a key that it cannot use. */
const keyFailures: Readonly<Record<string, string>> = {
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'the key does not belong to the certificate',
  ERR_OSSL_X509_KEY_TYPE_MISMATCH: 'the key does not belong to the certificate',
  ERR_OSSL_UNSUPPORTED: 'the key file holds no PEM key',
  ERR_OSSL_BAD_DECRYPT: 'the key has a passphrase: it must be one without'
}

function keyFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return keyFailures[code] ?? messageOf(error)
}

async function read(name: string, path: string | undefined, baseDirectory: string): Promise<Buffer | undefined> {
  if (path === undefined) return undefined
  try {
    return Buffer.from(await readSmallFile(resolve(baseDirectory, path)))
  } catch (error) {
    throw new Error(`cannot read ${name} (${path}): ${readFailure(error)}`)
  }
}

/** A file of CAs without a certificate in it would be taken, and nothing would ever verify. */
function checkCertificate(what: string, pem: Buffer): void {
  try {
    new X509Certificate(pem)
  } catch {
    throw new Error(`${what} holds no PEM certificate`)
  }
}
