import { constants, deflateRawSync } from 'node:zlib'
import { createEndpoint } from '@wirebeat/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { listen } from '../src/listen.ts'
import { openRaw } from './raw-socket.ts'

const COUNT = 600

/** The turn of the event loop, from now on. */
function countTurns(): () => number {
  let turn = 0
  let next = setImmediate(count)
  function count(): void {
    turn++
    next = setImmediate(count)
  }
  onTestFinished(() => clearImmediate(next))
  return () => turn
}

test.for([
  { what: 'one byte', length: [] },
  // Such a frame is read by ws.
  { what: 'nine bytes', length: [0, 0, 0, 0, 0, 0, 0] },
])('compressed messages with a length of $what leave the others their turn', async ({ length }) => {
  const turns: number[] = []
  const turn = countTurns()
  const endpoint = createEndpoint({
    compression: true,
    session: { message: () => void turns.push(turn()) },
  })
  const { port, close } = await listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(close)
  const socket = await openRaw(port, { 'Sec-WebSocket-Extensions': 'permessage-deflate' })
  const options = { finishFlush: constants.Z_SYNC_FLUSH }
  const deflated = deflateRawSync('a', options).subarray(0, -4)
  const size = length.length === 0 ? [0x80 | deflated.length] : [0xff, ...length, deflated.length]
  const frame = Buffer.from([0xc1, ...size, 0, 0, 0, 0, ...deflated])
  socket.write(Buffer.concat(Array.from({ length: COUNT }, () => frame)))
  await vi.waitFor(() => expect(turns).toHaveLength(COUNT))
  const inEach = new Map<number, number>()
  for (const one of turns) inEach.set(one, (inEach.get(one) ?? 0) + 1)
  expect(Math.max(...inEach.values())).toBe(64)
})
