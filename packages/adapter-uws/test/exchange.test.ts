import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createEndpoint, type HttpExtension } from '@wirebeat/core'
import type { HttpCall } from '@wirebeat/core/extension'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../src/index.ts'

/** How long the engine waits for a client that takes nothing, in milliseconds, and some. */
const LONGER_THAN_THE_ENGINE = 14_000
const PIECE = 'x'.repeat(64 * 1024)

test('a streamed answer of which a client takes nothing for long goes on', {
  timeout: 60_000,
}, async () => {
  const calls: HttpCall[] = []
  const httpTransports: HttpExtension = {
    serve: () => ({
      subpaths: [''],
      handle: (call) => void calls.push(call),
      claim: () => undefined,
      close() {},
    }),
  }
  const endpoint = createEndpoint({ path: '/ws', session: {}, httpTransports })
  const server = await listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(() => server.close())
  const client = connect(server.port, '127.0.0.1')
  onTestFinished(() => {
    client.destroy()
  })
  await once(client, 'connect')
  client.pause()
  client.write('GET /ws HTTP/1.1\r\nHost: a\r\n\r\n')
  while (calls.length === 0) await wait(5)
  let isGone = false
  calls[0]?.onGone(() => {
    isGone = true
  })
  let drained = 0
  const stream = calls[0]?.stream(200, {}, () => drained++)
  while ((stream?.bufferedAmount ?? 0) < 512 * 1024) {
    stream?.write(PIECE)
    await wait(1)
  }
  await wait(LONGER_THAN_THE_ENGINE)
  expect(isGone).toBe(false)
  let text = ''
  client.on('data', (data) => {
    text = (text + data).slice(-1_000)
  })
  client.resume()
  while (drained === 0) await wait(5)
  stream?.write('the last')
  while (!text.includes('the last')) await wait(5)
})
