import { adapters, serve } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { testBehind } from './behind.ts'
import { haproxy } from './haproxy.ts'
import { overHttp2 } from './http2.ts'
import { startProxy } from './proxy.ts'

testBehind(haproxy)

for (const adapter of adapters) {
  test(`${adapter.name}: HAProxy lets WebSockets over HTTP/2 through`, async (context) => {
    const server = await serve(context, adapter)
    const { port } = await startProxy(context, haproxy, { servers: [server.port] })
    expect(await overHttp2(port)).toEqual({ offersWebSockets: true, answer: '200 hi' })
  })
}
