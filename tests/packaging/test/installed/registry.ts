import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Tarball } from '../tarball.ts'

/** A registry on this machine that has the packed packages, and nothing else. */
export interface Registry {
  readonly url: string
  close(): void
}

/** Serves the packages the way the public registry would, were they published. */
export async function serveRegistry(tarballs: readonly Tarball[]): Promise<Registry> {
  const answers = new Map<string, string | Uint8Array>()
  const server = createServer((request, response) => {
    answer(response, answers.get(decodeURIComponent(request.url ?? '')))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/`
  for (const { manifest, packed } of tarballs) {
    const path = `/${manifest.name}/-/package.tgz`
    answers.set(path, packed)
    const description = describe(manifest, packed, url + path.slice(1))
    answers.set(`/${manifest.name}`, JSON.stringify(description))
  }
  return {
    url,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function describe(manifest: Tarball['manifest'], packed: Uint8Array, tarball: string): unknown {
  const { name, version } = manifest
  const integrity = `sha512-${createHash('sha512').update(packed).digest('base64')}`
  const shasum = createHash('sha1').update(packed).digest('hex')
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist: { tarball, integrity, shasum } } },
    // Package managers may refuse what was published only just now.
    time: { [version]: '2026-01-01T00:00:00.000Z', modified: '2026-01-01T00:00:00.000Z' },
  }
}

function answer(response: ServerResponse, body: string | Uint8Array | undefined): void {
  const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream'
  response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': type })
  response.end(body)
}
