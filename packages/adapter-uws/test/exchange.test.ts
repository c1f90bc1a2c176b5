import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { createEndpoint, type HttpExtension } from '@wirebeat/core'
import type { HttpCall } from '@wirebeat/core/extension'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../src/index.ts'

/** How long the engine waits for a client that takes nothing, in milliseconds, and some. */
const LONGER_THAN_THE_ENGINE = 14_000
const PIECE = 'x'.repeat(64 * 1024)

/** A call of a client that reads nothing yet. */
async function called() {
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
  // It is cut while something waits for it.
  client.on('error', () => {})
  await once(client, 'connect')
  client.pause()
  client.write('GET /ws HTTP/1.1\r\nHost: a\r\n\r\n')
  for (;;) {
    const [call] = calls
    if (call !== undefined) return { client, call }
    await wait(5)
  }
}

test('a streamed answer of which a client takes nothing for long goes on', {
  timeout: 60_000,
}, async () => {
  const { client, call } = await called()
  let isGone = false
  call.onGone(() => {
    isGone = true
  })
  let drained = 0
  const stream = call.stream(200, {}, () => drained++)
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

test('a streamed answer that ends tells what waits, and when the client has taken it', async () => {
  const { client, call } = await called()
  const stream = call.stream(200, {}, () => {})
  // Until the engine holds one piece of which the network has not taken all, and nothing waits behind it.
  while (stream?.write('x'.repeat(5_000)) === 'sent') await turn()
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
})

test('a streamed answer that waits for its end can be terminated', async () => {
  const { client, call } = await called()
  let isGone = false
  call.onGone(() => {
    isGone = true
  })
  const stream = call.stream(200, {}, () => {})
  while (stream?.write('x'.repeat(5_000)) === 'sent') await turn()
  stream?.end()
  const closed = new Promise((resolve) => client.once('close', resolve))
  stream?.terminate()
  expect(isGone).toBe(true)
  client.resume()
  await closed
})

test('an answer is taken when the client has read it', async () => {
  const { client, call } = await called()
  const body = Array.from({ length: 1_000_000 }, (_, index) => `${index},`).join('')
  let isTaken = false
  call.respond(200, {}, body, () => {
    isTaken = true
  })
  await wait(50)
  expect(isTaken).toBe(false)
  let text = ''
  client.on('data', (data) => {
    text += data
  })
  client.resume()
  while (!text.endsWith(body)) await wait(5)
  while (!isTaken) await wait(5)
})

test('a short answer is taken at once, and is not terminated any more', async () => {
  const { client, call } = await called()
  let isTaken = false
  call.respond(200, {}, 'short', () => {
    isTaken = true
  })
  while (!isTaken) await wait(1)
  call.terminate()
  let text = ''
  client.on('data', (data) => {
    text += data
  })
  client.resume()
  while (!text.endsWith('short')) await wait(5)
})

test('an answer that the client does not read can be terminated', async () => {
  const { client, call } = await called()
  let isGone = false
  let isTaken = false
  call.onGone(() => {
    isGone = true
  })
  call.respond(200, {}, 'x'.repeat(10_000_000), () => {
    isTaken = true
  })
  await wait(50)
  const closed = new Promise((resolve) => client.once('close', resolve))
  call.terminate()
  while (!isGone) await wait(5)
  client.resume()
  await closed
  expect(isTaken).toBe(false)
})
