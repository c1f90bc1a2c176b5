import { readFile } from 'node:fs/promises'
import process from 'node:process'

/** The paths of a certificate and its key, where the server is to be one with TLS. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

export const tls: TlsFiles | undefined = process.argv.includes('tls')
  ? await (await import('@wirebeat/conformance/certificate')).makeCertificate()
  : undefined

export async function readTls({ cert, key }: TlsFiles): Promise<{ cert: Buffer; key: Buffer }> {
  return { cert: await readFile(cert), key: await readFile(key) }
}
