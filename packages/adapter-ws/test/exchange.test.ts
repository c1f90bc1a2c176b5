import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { createEndpoint, type EndpointOptions } from '@wirebeat/core'
import type { HttpCall } from '@wirebeat/core/extension'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../src/listen.ts'

/** A server whose plain requests wait for an answer. */
async function serve(options: Partial<EndpointOptions> = {}) {
  const calls: HttpCall[] = []
  const endpoint = createEndpoint({
    path: '/ws',
    session: {},
    httpTransports: {
      serve: () => ({
        subpaths: [''],
        handle: (call) => void calls.push(call),
        claim: () => undefined,
        close() {},
      }),
    },
    ...options,
  })
  const server = await listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(() => server.close())
  return {
    endpoint,
    /** A call of a client that reads nothing yet. */
    async call() {
      const client = connect(server.port, '127.0.0.1')
      onTestFinished(() => void client.destroy())
      await once(client, 'connect')
      client.pause()
      client.write('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      const before = calls.length
      for (;;) {
        const call = calls[before]
        if (call !== undefined) return { client, call }
        await wait(5)
      }
    },
  }
}

test('a streamed answer that ends tells what waits, and when the client has taken it', async () => {
  const { client, call } = await (await serve()).call()
  const stream = call.stream(200, {}, () => {})
  // Until a little waits, of which no `write` has told.
  while ((stream?.bufferedAmount ?? 0) < 4_000) {
    expect(stream?.write('x'.repeat(2_000))).toBe('sent')
    await turn()
  }
  let isTaken = false
  stream?.end(() => {
    isTaken = true
  })
  await wait(50)
  expect(isTaken).toBe(false)
  expect(stream?.bufferedAmount).toBeGreaterThan(0)
  client.resume()
  while (!isTaken) await wait(5)
  expect(stream?.bufferedAmount).toBe(0)
  await once(client, 'close')
})
