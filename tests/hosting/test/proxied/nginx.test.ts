import { adapters, serve } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { ask, open, refusal } from '../client.ts'
import { testBehind } from './behind.ts'
import { overHttp2 } from './http2.ts'
import { nginx } from './nginx.ts'
import { startProxy } from './proxy.ts'

testBehind(nginx)

const [adapter] = adapters

test('nginx with HTTP/2 offers no WebSockets over it, and serves them over HTTP/1.1', async (context) => {
  const server = await serve(context, adapter)
  const { port, url } = await startProxy(context, nginx, {
    servers: [server.port],
    changes: { ' ssl;': ' ssl http2;' },
  })
  expect(await overHttp2(port)).toEqual({ offersWebSockets: false })
  expect(String(await ask(await open(url), 'HTTP/1.1'))).toBe('HTTP/1.1')
})

for (const other of ['$proxy_host', '$host']) {
  test(`with ${other} for Host in place of the file's own, nobody is of the same origin`, async (context) => {
    const server = await serve(context, adapter, { allowedOrigins: 'same-origin' })
    const { port, url } = await startProxy(context, nginx, {
      servers: [server.port],
      changes: { 'Host $http_host': `Host ${other}` },
    })
    expect((await refusal(url, { origin: `https://localhost:${port}` })).status).toBe(403)
  })
}

test('without the Upgrade lines of the file, nginx forwards a request that is no handshake', async (context) => {
  const server = await serve(context, adapter)
  const { url } = await startProxy(context, nginx, {
    servers: [server.port],
    changes: { 'proxy_set_header Upgrade $http_upgrade;': '' },
  })
  expect((await refusal(url)).status).toBe(426)
})
