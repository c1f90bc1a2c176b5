import { createEndpoint, echo } from '@wirebeat/core'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../src/listen.ts'
import { maskedFrame, openRaw } from './raw-socket.ts'

test('a pong comes behind the echo of what came before its ping, while that is being compressed', async () => {
  const endpoint = createEndpoint({ compression: true, session: echo() })
  const { port, close } = await listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(async () => {
    await endpoint.close({ deadline: 0 })
    await close()
  })
  const socket = await openRaw(port, { 'Sec-WebSocket-Extensions': 'permessage-deflate' })
  const text = maskedFrame(0x81, Buffer.alloc(60_000, 'a text '))
  const small = maskedFrame(0x81, Buffer.from('small'))
  const ping = maskedFrame(0x89, Buffer.from('mark'))
  socket.write(Buffer.concat([text, small, ping]))
  let received: Buffer = Buffer.alloc(0)
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk])
    if (received.includes('mark')) break
  }
  // With the first reserved bit. It compresses to so little that its length takes one byte.
  const [first, length = 0] = received
  expect(first).toBe(0xc1)
  const behind = received.subarray(2 + length)
  const expected = [0x81, 5, ...Buffer.from('small'), 0x8a, 4, ...Buffer.from('mark')]
  expect([...behind]).toEqual(expected)
})
