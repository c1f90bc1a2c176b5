import { once } from 'node:events'
import { constants, createServer } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { createEndpoint } from '@wirebeat/core'
import type { HttpCall } from '@wirebeat/core/extension'
import { expect, onTestFinished, test } from 'vitest'
import { attach } from '../src/attach.ts'
import { listen } from '../src/listen.ts'
import { openSession } from './http2-client.ts'

/** An endpoint whose plain requests wait for an answer. */
function waiting() {
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
  })
  const call = async (): Promise<HttpCall> => {
    for (;;) {
      const [first] = calls
      if (first !== undefined) return first
      await wait(5)
    }
  }
  return { endpoint, call }
}

/** A call of a client that reads nothing yet. */
async function called() {
  const { endpoint, call } = waiting()
  const server = await listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(() => server.close())
  const client = connect(server.port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  // It is cut while something waits for it.
  client.on('error', () => {})
  await once(client, 'connect')
  client.pause()
  client.write('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  return { client, call: await call(), leave: () => client.destroy() }
}

/** The same over HTTP/2. */
async function calledOverHttp2() {
  const { endpoint, call } = waiting()
  const server = attach(createServer(), endpoint)
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const session = await openSession((server.address() as AddressInfo).port, 'http')
  const client = session.request({ ':path': '/ws' })
  client.on('error', () => {})
  client.pause()
  return { client, call: await call(), leave: () => client.close(constants.NGHTTP2_CANCEL) }
}

test('a streamed answer that ends tells what waits, and when the client has taken it', async () => {
  const { client, call } = await called()
  const stream = call.stream(200, {}, () => {})
  // Until a little waits, of which no `write` has told.
  while (stream?.bufferedAmount === 0) {
    expect(stream.write('x'.repeat(8_000))).toBe('sent')
    await turn()
  }
  let isTaken = false
  stream?.end(() => {
    isTaken = true
  })
  await wait(50)
  expect(isTaken).toBe(false)
  expect(stream?.bufferedAmount).toBeGreaterThan(0)
  const closed = once(client, 'close')
  client.resume()
  while (!isTaken) await wait(5)
  expect(stream?.bufferedAmount).toBe(0)
  await closed
})

const VERSIONS = [
  ['HTTP/1.1', called],
  ['HTTP/2', calledOverHttp2],
] as const

test.each(VERSIONS)(
  'over %s an answer is taken when the client has read it',
  async (_version, open) => {
    const { client, call } = await open()
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
  },
)

test.each(VERSIONS)(
  'over %s a short answer is taken at once, and is not terminated any more',
  async (_version, open) => {
    const { client, call } = await open()
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
  },
)

test.each(VERSIONS)(
  'over %s an answer that the client does not read can be terminated',
  async (_version, open) => {
    const { client, call } = await open()
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
  },
)

test.each(VERSIONS)(
  'over %s a client that goes away within an answer is told of',
  async (_version, open) => {
    const { call, leave } = await open()
    let isTaken = false
    const gone = new Promise<void>((resolve) => call.onGone(resolve))
    call.respond(200, {}, 'x'.repeat(10_000_000), () => {
      isTaken = true
    })
    await wait(50)
    leave()
    await gone
    expect(isTaken).toBe(false)
  },
)
