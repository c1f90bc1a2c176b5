import { allow, type TrustedProxies } from '@wirebeat/core'
import { type Adapter, serve } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { ask, open, refusal } from '../client.ts'
import { type ProxyKind, startProxy } from './proxy.ts'

export function testOrigins(kind: ProxyKind, adapter: Adapter): void {
  test('an origin that is not allowed gets 403 and the reason', async (context) => {
    const server = await serve(context, adapter, { allowedOrigins: ['https://friend.example'] })
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    expect(await refusal(url, { origin: 'https://stranger.example' })).toEqual({
      status: 403,
      body: 'This origin is not allowed to connect.',
    })
  })

  test("'same-origin' means the name and the port of the proxy, and its TLS", async (context) => {
    const server = await serve(context, adapter, { allowedOrigins: 'same-origin' })
    const proxy = await startProxy(context, kind, { servers: [server.port] })
    const socket = await open(proxy.url, { origin: `https://localhost:${proxy.port}` })
    expect(String(await ask(socket, 'same origin'))).toBe('same origin')
    const { status } = await refusal(proxy.url, { origin: `https://localhost:${server.port}` })
    expect(status).toBe(403)
  })
}

export function testAddresses(kind: ProxyKind, adapter: Adapter): void {
  const trustedProxies: TrustedProxies = {
    addresses: ['127.0.0.1'],
    headers: ['x-forwarded-for', 'x-forwarded-proto'],
  }
  // A client that is not where the proxy is.
  const elsewhere = { localAddress: '127.0.0.2', family: 4 }

  test('without trustedProxies a client has the address of the proxy', async (context) => {
    const server = await serve(context, adapter)
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    await open(url, elsewhere)
    expect(server.told.addresses).toEqual(['127.0.0.1'])
  })

  test('with trustedProxies a client has its own address, whatever it says itself', async (context) => {
    const server = await serve(context, adapter, { trustedProxies })
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    await open(url, { ...elsewhere, headers: { 'X-Forwarded-For': '203.0.113.9' } })
    expect(server.told.addresses).toEqual(['127.0.0.2'])
  })

  test('with trustedProxies connections are counted for each address', async (context) => {
    const server = await serve(context, adapter, { trustedProxies, maxConnectionsPerAddress: 1 })
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    await open(url, elsewhere)
    expect((await refusal(url, elsewhere)).status).toBe(429)
    await open(url, { ...elsewhere, localAddress: '127.0.0.3' })
  })

  test('with trustedProxies a request has come over TLS, whatever the client says', async (context) => {
    const said: boolean[] = []
    const server = await serve(context, adapter, {
      trustedProxies,
      authorize({ secure }) {
        said.push(secure)
        return allow()
      },
    })
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    await open(url, { headers: { 'X-Forwarded-Proto': 'http' } })
    expect(said).toEqual([true])
  })
}
