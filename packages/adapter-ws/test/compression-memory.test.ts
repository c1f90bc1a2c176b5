import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
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

test.for([
  { pieces: 1, what: 'in one packet' },
  { pieces: 2, what: 'in two packets' },
])(
  'a connection holds no memory for a small compressed message that came $what',
  async ({ pieces }) => {
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
      const answered = once(socket, 'data')
      for (let piece = 0; piece < pieces; piece++) {
        const size = Math.ceil(message.length / pieces)
        socket.write(message.subarray(piece * size, (piece + 1) * size))
        // So that the server reads it by itself.
        await setTimeout(2)
      }
      const [answer] = await answered
      expect(answer[0]).toBe(0xc1)
    }
    // A window of zlib alone has 32 KiB.
    expect((await heldOutside()) - before).toBeLessThan(COUNT * 8 * 1024)
  },
)
