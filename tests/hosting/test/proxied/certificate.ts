import { readFile } from 'node:fs/promises'
import { makeCertificate } from '@wirebeat/test-support'

/** One certificate for all proxies of a test file. */
export const certificate: { readonly cert: string; readonly key: string } = await makeCertificate()

/** The certificate and its key as one text in PEM format. */
export async function certificateAndKey(): Promise<string> {
  const parts = [certificate.cert, certificate.key].map((file) => readFile(file, 'utf8'))
  return (await Promise.all(parts)).join('\n')
}
