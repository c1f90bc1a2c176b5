import type { HandlerSession } from '@wirebeat/core'
import { type Adapter, can, serve } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { ask, closed, open } from '../client.ts'
import { type ProxyKind, startProxy } from './proxy.ts'

/** Bounds what the other side of an end may take. */
const soon = { timeout: 10_000 }

export function testCloseCodes(kind: ProxyKind, adapter: Adapter): void {
  test("the session's close code and reason reach the client", async (context) => {
    const session: HandlerSession = { message: (connection) => connection.close(4001, 'à bientôt') }
    const server = await serve(context, adapter, { session })
    const { url } = await startProxy(context, kind, { servers: [server.port] })
    const socket = await open(url)
    socket.send('close')
    expect(await closed(socket)).toEqual({ code: 4001, reason: 'à bientôt' })
    const wasClean = can(adapter, 'close-answer')
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
      const isTold = code !== 3001 || can(adapter, 'close-code-range')
      const told = isTold ? { code, reason: 'à bientôt' } : { code: 1005, reason: '' }
      await expect
        .poll(() => server.told.ends, soon)
        .toEqual([{ cause: 'client', ...told, wasClean: true }])
    })
  }
}

export function testMessages(kind: ProxyKind, adapter: Adapter): void {
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

export function testSlowReader(kind: ProxyKind, adapter: Adapter): void {
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
