/** Certificates for tests, made by openssl. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Makes a certificate of 127.0.0.1 and localhost that vouches for itself. */
export function selfSigned(directory: string): { cert: string; key: string; certFile: string } {
  const certFile = join(directory, 'cert.pem')
  const keyFile = join(directory, 'key.pem')
  const { status, stderr } = spawnSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
      .concat('-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1')
      .concat('-out', certFile, '-keyout', keyFile),
    { encoding: 'utf8' }
  )
  if (status !== 0) throw new Error(stderr)
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile }
}
