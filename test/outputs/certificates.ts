/** Certificates for tests, made with the openssl of the machine: a CA, and what it signs. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: Buffer
  readonly key: Buffer
}

export interface CertificateOptions {
  /** Whom it is for, as OpenSSL's subjectAltName. */
  readonly names?: string
  /** How many days it is valid from now on; -1 has expired. */
  readonly days?: number
}

export class CertificateAuthority {
  readonly #folder: string
  readonly #name: string

  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
    openssl('req', '-x509', ...newKey, '-keyout', this.#path('key'), '-out', this.file, '-subj', `/CN=${name}`)
  }

  get file(): string {
    return this.#path('pem')
  }

  get pem(): Buffer {
    return readFileSync(this.file)
  }

  /** Makes a certificate whose files are called `name`. */
  sign(name: string, { names = 'IP:127.0.0.1,DNS:localhost', days = 2 }: CertificateOptions = {}): Certificate {
    const path = (extension: string) => join(this.#folder, `${name}.${extension}`)
    const [certFile, keyFile, request, extensions] = [path('pem'), path('key'), path('csr'), path('ext')]
    writeFileSync(extensions, `subjectAltName=${names}\n`)
    openssl('req', ...newKey, '-keyout', keyFile, '-out', request, '-subj', `/CN=${name}`)
    const ca = ['-CA', this.file, '-CAkey', this.#path('key'), '-CAcreateserial']
    openssl('x509', '-req', '-in', request, ...ca, '-days', String(days), '-extfile', extensions, '-out', certFile)
    return { certFile, keyFile, cert: readFileSync(certFile), key: readFileSync(keyFile) }
  }

  #path(extension: string): string {
    return join(this.#folder, `${this.#name}.${extension}`)
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

function openssl(...words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'pipe' })
}
