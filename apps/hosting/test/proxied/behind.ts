import { setTimeout as sleep } from 'node:timers/promises'
import type { HandlerSession, TrustedProxies } from '@wirebeat/core'
import { describe, expect, test } from 'vitest'
import { type Adapter, adapters } from '../adapters.ts'
import { ask, closed, open, refusal } from '../client.ts'
import { freePort } from '../free-port.ts'
import { serve } from '../server.ts'
import { type ProxyKind, startProxy } from './proxy.ts'

/** Milliseconds that the other side of an end may come later. */
const soon = { timeout: 10_000 }

/** What every adapter must show behind this proxy. */
export function testBehind(kind: ProxyKind): void {
  // These wait for times that the proxy keeps.
  describe.concurrent(`time behind ${kind.name}`, () => {
    for (const adapter of adapters) {
      testIdleLines(kind, adapter)
      testReloads(kind, adapter)
      testRestart(kind, adapter)
    }
  })
  for (const adapter of adapters) {
    describe(`${adapter.name} behind ${kind.name}`, () => {
      testCloseCodes(kind, adapter)
      testMessages(kind, adapter)
      testSlowReader(kind, adapter)
      testOrigins(kind, adapter)
      testAddresses(kind, adapter)
      testDrain(kind, adapter)
    })
  }
}

function testIdleLines(kind: ProxyKind, adapter: Adapter): void {
  const idleTimeout = '2s'
  const IDLE_TIMEOUT = 2_000

  test(`${adapter.name}: pings keep a line open that is idle for three times the idle timeout`, async (context) => {
    const server = await serve(context, adapter, { keepAliveInterval: 500 })
    const { url } = await startProxy(context, kind, { servers: [server.port], idleTimeout })
    const socket = await open(url)
    await sleep(3 * IDLE_TIMEOUT)
    context.expect(String(await ask(socket, 'still here'))).toBe('still here')
    context.expect(server.told.ends).toEqual([])
  })

  test(`${adapter.name}: without pings the proxy cuts an idle line, and the server is told lost`, async (context) => {
    const server = await serve(context, adapter, { keepAliveInterval: 0 })
    const { url } = await startProxy(context, kind, { servers: [server.port], idleTimeout })
    const socket = await open(url)
    const start = performance.now()
    context.expect((await closed(socket)).code).toBe(1006)
    context.expect(performance.now() - start).toBeGreaterThan(0.9 * IDLE_TIMEOUT)
    await context.expect
      .poll(() => server.told.ends, soon)
      .toEqual([{ cause: 'lost', code: 1006, reason: '', wasClean: false }])
  })
}

function testReloads(kind: ProxyKind, adapter: Adapter): void {
  test(`${adapter.name}: connections outlive a reload of the proxy, and new ones follow the new file`, async (context) => {
    const before = await serve(context, adapter)
    const after = await serve(context, adapter)
    const proxy = await startProxy(context, kind, { servers: [before.port] })
    const early = await open(proxy.url)
    await proxy.reload({ servers: [after.port] })
    const arrived = async (): Promise<number> => {
      const late = await open(proxy.url)
      late.terminate()
      return after.told.addresses.length
    }
    await context.expect.poll(arrived, soon).toBeGreaterThan(0)
    context.expect(String(await ask(early, 'as before'))).toBe('as before')
  })

  test(`${adapter.name}: connections that outlive a reload are cut when its time is over`, async (context) => {
    const server = await serve(context, adapter)
    const options = { servers: [server.port], reloadTimeout: '1s' }
    const proxy = await startProxy(context, kind, options)
    const socket = await open(proxy.url)
    await proxy.reload(options)
    context.expect((await closed(socket)).code).toBe(1006)
    await context.expect.poll(() => server.told.ends[0]?.cause, soon).toBe('lost')
  })
}

function testRestart(kind: ProxyKind, adapter: Adapter): void {
  test(`${adapter.name}: while no server is there the proxy says so, and finds it when it is back`, async (context) => {
    const port = await freePort()
    const first = await serve(context, adapter, {}, port)
    const { url } = await startProxy(context, kind, { servers: [port] })
    const end = closed(await open(url))
    await first.stop()
    context.expect(await end).toEqual({ code: 1001, reason: '' })
    context.expect((await refusal(url)).status).toBe(kind.unavailable)
    await serve(context, adapter, {}, port)
    context.expect(String(await ask(await open(url), 'back'))).toBe('back')
  })
}

function testCloseCodes(kind: ProxyKind, adapter: Adapter): void {
  test("the session's close code and reason reach the client", async (context) => {
    const session: HandlerSession = { message: (connection) => connection.close(4001, 'à bientôt') }
    const server = await serve(context, adapter, { session })
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    const socket = await open(url)
    socket.send('close')
    expect(await closed(socket)).toEqual({ code: 4001, reason: 'à bientôt' })
    const wasClean = !('close-answer' in adapter.missingCapabilities)
    await expect
      .poll(() => server.told.ends, soon)
      .toEqual([{ cause: 'server', code: 4001, reason: 'à bientôt', wasClean }])
  })

  for (const code of [1000, 3001, 4001]) {
    test(`the client's close with ${code} and a reason reaches the session`, async (context) => {
      const server = await serve(context, adapter)
      const { url } = await startProxy(context, kind, { servers: [server.port] })
      const socket = await open(url)
      socket.close(code, 'à bientôt')
      await closed(socket)
      const isTold = code !== 3001 || !('close-code-range' in adapter.missingCapabilities)
      const told = isTold ? { code, reason: 'à bientôt' } : { code: 1005, reason: '' }
      await expect
        .poll(() => server.told.ends, soon)
        .toEqual([{ cause: 'client', ...told, wasClean: true }])
    })
  }
}

function testMessages(kind: ProxyKind, adapter: Adapter): void {
  test('a message of 1 MiB comes back whole', async (context) => {
    const server = await serve(context, adapter)
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    const message = Buffer.from(Uint8Array.from({ length: 1024 * 1024 }, (_, index) => index * 31))
    const answer = await ask(await open(url), message)
    expect(answer.equals(message)).toBe(true)
  })

  test('permessage-deflate is agreed on and works', async (context) => {
    const server = await serve(context, adapter, { compression: true })
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    const socket = await open(url, { perMessageDeflate: true })
    expect(socket.extensions).toMatch(/^permessage-deflate/)
    const message = 'compressible '.repeat(10_000)
    expect(String(await ask(socket, message))).toBe(message)
  })
}

function testSlowReader(kind: ProxyKind, adapter: Adapter): void {
  test('a client that does not read is closed with 1008 before much is buffered', async (context) => {
    const CHUNK = Buffer.alloc(64 * 1024)
    // What the proxy and the system hold, on two connections, and maxBufferedAmount.
    const BOUND = 64 * 1024 * 1024
    let sent = 0
    let resolve = (): void => {}
    const refused = new Promise<void>((done) => {
      resolve = done
    })
    const session: HandlerSession = {
      open(connection) {
        const sendMore = (): void => {
          if (sent > BOUND || connection.send(CHUNK) === 'closed') {
            resolve()
          } else {
            sent += CHUNK.length
            setImmediate(sendMore)
          }
        }
        sendMore()
      },
    }
    const server = await serve(context, adapter, { session })
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    const socket = await open(url)
    socket.pause()
    await refused
    expect(sent).toBeLessThan(BOUND)

    let received = 0
    socket.on('message', (data: Buffer) => {
      received += data.length
    })
    socket.resume()
    expect((await closed(socket)).code).toBe(1008)
    expect(received).toBe(sent)
    await expect.poll(() => server.told.ends[0]?.cause, soon).toBe('slow-consumer')
  })
}

function testOrigins(kind: ProxyKind, adapter: Adapter): void {
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

function testAddresses(kind: ProxyKind, adapter: Adapter): void {
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
        return undefined
      },
    })
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    await open(url, { headers: { 'X-Forwarded-Proto': 'http' } })
    expect(said).toEqual([true])
  })
}

function testDrain(kind: ProxyKind, adapter: Adapter): void {
  test('a server that drains sends its clients away with 1001, and new ones go to the other server', async (context) => {
    const leaving = await serve(context, adapter)
    const staying = await serve(context, adapter)
    const proxy = await startProxy(context, kind, { servers: [leaving.port] })
    const socket = await open(proxy.url)
    const end = closed(socket)
    const drained = leaving.endpoint.close()
    expect(await end).toEqual({ code: 1001, reason: '' })
    expect((await drained).causes).toEqual({ shutdown: 1 })
    expect(await refusal(proxy.url)).toEqual({ status: 503, body: 'The server is shutting down.' })

    const both = await startProxy(context, kind, { servers: [leaving.port, staying.port] })
    for (let i = 0; i < 4; i++) (await open(both.url)).terminate()
    expect(staying.told.addresses).toHaveLength(4)
  })
}
