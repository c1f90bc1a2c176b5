import { once } from 'node:events'
import { constants, deflateRawSync } from 'node:zlib'
import { createEndpoint, echo } from '@wirebeat/core'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../src/listen.ts'
import { heldBytes } from './held-memory.ts'
import { maskedFrame, openRaw } from './raw-socket.ts'

const COUNT = 50

/** Bytes that are held outside of V8's heap: zlib tells V8 of its own. */
async function heldOutside(): Promise<number> {
  await heldBytes()
  return process.memoryUsage().external
}

test('a connection holds no memory for small messages that it has compressed and inflated', async () => {
  const endpoint = createEndpoint({ compression: true, session: echo() })
  const { port, close } = await listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(close)
  const sockets = await Promise.all(
    Array.from({ length: COUNT }, () =>
      openRaw(port, { 'Sec-WebSocket-Extensions': 'permessage-deflate' }),
    ),
  )
  const before = await heldOutside()
  const text = 'a small message, '.repeat(100)
  const deflated = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
  const message = maskedFrame(0xc1, deflated)
  for (const socket of sockets) {
    socket.write(message)
    const [answer] = await once(socket, 'data')
    expect(answer[0]).toBe(0xc1)
  }
  // A window of zlib alone has 32 KiB.
  expect((await heldOutside()) - before).toBeLessThan(COUNT * 8 * 1024)
})
