import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** Makes a certificate for `localhost`, and the paths of its two files. */
export async function makeCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [
      // Some engines take only an authority for the one that has signed a certificate, itself included.
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  const folder = await mkdtemp(join(tmpdir(), 'wirebeat-'))
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  await writeFile(files.cert, pems.cert)
  await writeFile(files.key, pems.private)
  return files
}
