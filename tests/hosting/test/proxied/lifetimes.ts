import { setTimeout as sleep } from 'node:timers/promises'
import { type Adapter, serve } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { ask, closed, open, refusal } from '../client.ts'
import { freePort } from '../free-port.ts'
import { type ProxyKind, startProxy } from './proxy.ts'

/** Bounds what the other side of an end may take. */
const soon = { timeout: 10_000 }

export function testIdleLines(kind: ProxyKind, adapter: Adapter): void {
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

export function testReloads(kind: ProxyKind, adapter: Adapter): void {
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

export function testRestart(kind: ProxyKind, adapter: Adapter): void {
  test(`${adapter.name}: while no server is there the proxy says so, and finds it when it is back`, async (context) => {
    const port = await freePort()
    const first = await serve(context, adapter, { port })
    const { url } = await startProxy(context, kind, { servers: [port] })
    const end = closed(await open(url))
    await first.stop()
    context.expect(await end).toEqual({ code: 1001, reason: '' })
    context.expect((await refusal(url)).status).toBe(kind.unavailable)
    await serve(context, adapter, { port })
    context.expect(String(await ask(await open(url), 'back'))).toBe('back')
  })
}

export function testDrain(kind: ProxyKind, adapter: Adapter): void {
  test('a server that shuts down sends its clients away with 1001, and new ones go to the other server', async (context) => {
    const leaving = await serve(context, adapter)
    const staying = await serve(context, adapter)
    const proxy = await startProxy(context, kind, { servers: [leaving.port] })
    const socket = await open(proxy.url)
    const end = closed(socket)
    const drained = leaving.endpoint.close()
    expect(await end).toEqual({ code: 1001, reason: '' })
    expect((await drained).causes).toEqual({ shutdown: 1 })
    expect(await refusal(proxy.url)).toEqual({
      status: 503,
      body: 'The server is shutting down. Try again later.',
    })

    const both = await startProxy(context, kind, { servers: [leaving.port, staying.port] })
    for (let i = 0; i < 4; i++) (await open(both.url)).terminate()
    expect(staying.told.addresses).toHaveLength(4)
  })
}
