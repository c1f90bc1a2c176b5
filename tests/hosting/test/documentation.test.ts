import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

/** Which page shows which files, as they are. */
const SHOWN = {
  'hosting.md': [
    'examples/server.js',
    'examples/cluster.js',
    'examples/reuse-port.js',
    'examples/shared-port.js',
    'nginx/nginx.conf',
    'nginx/wirebeat.conf',
    'haproxy/haproxy.cfg',
    'systemd/wirebeat.service',
    'iis/web.config',
  ],
  'from-aspnet-core.md': ['iis/web.config'],
  'deployment.md': ['container/Dockerfile', 'container/health.js', 'kubernetes/chat.yaml'],
}

function read(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8')
}

for (const [page, names] of Object.entries(SHOWN)) {
  const text = await read(`../../../docs/${page}`)
  const blocks = [...text.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, block]) => block)
  for (const name of names) {
    test(`docs/${page} shows ${name} as it is`, async () => {
      expect(blocks).toContain(await read(`../${name}`))
      expect(text).toContain(`(../tests/hosting/${name})`)
    })
  }
}
