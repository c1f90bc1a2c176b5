import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const SHOWN = [
  'examples/server.js',
  'examples/cluster.js',
  'examples/shared-port.js',
  'nginx/nginx.conf',
  'nginx/wirebeat.conf',
  'haproxy/haproxy.cfg',
  'systemd/wirebeat.service',
  'iis/web.config',
]

function read(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8')
}

const documentation = await read('../../../docs/hosting.md')
const blocks = [...documentation.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, text]) => text)

for (const name of SHOWN) {
  test(`docs/hosting.md shows ${name} as it is`, async () => {
    expect(blocks).toContain(await read(`../${name}`))
    expect(documentation).toContain(`(../tests/hosting/${name})`)
  })
}
