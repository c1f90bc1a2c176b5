import { setImmediate as turnEnd } from 'node:timers/promises'
import type { Admission, TransportListener } from '@wirebeat/core/adapter'
import { expect, test, vi } from 'vitest'
import type { BunSocket } from '../src/engine.ts'
import { BunTransport, turn } from '../src/transport.ts'

/**
 * A transport on a socket that Bun has at an address, and what core is told of its end.
 *
 * @param resultOf what the engine says of a text
 */
function transportAt(
  remoteAddress: string | undefined,
  { resultOf = (_text: string): number => -1, hasAddress = true } = {},
) {
  const socket = {
    remoteAddress,
    buffered: 0,
    getBufferedAmount: () => socket.buffered,
    sendText: resultOf,
    pause() {},
    terminate: () => transport.closed(1006, ''),
  }
  const closed = vi.fn()
  const listener: Partial<TransportListener> = { opened() {}, closed }
  const admission: Partial<Admission> = { accept: () => listener as TransportListener }
  const transport = new BunTransport(false, 1_000, hasAddress)
  // The rest of them is not used.
  transport.opened(socket as Partial<BunSocket> as BunSocket)
  transport.admit(admission as Admission)
  return { socket, transport, closed }
}

test('a client that Bun has lost without a word is cut when it is paused and something waits', async () => {
  const { socket, transport, closed } = transportAt(undefined)
  socket.buffered = 1
  transport.pause()
  await turnEnd()
  expect(closed.mock.calls).toEqual([['lost']])
})

test.each([
  ['is there', '127.0.0.1', true, 1],
  ['has read everything', undefined, true, 0],
  ['came by a Unix socket', undefined, false, 1],
])('a client that %s is not cut', async (_what, address, hasAddress, buffered) => {
  const { socket, transport, closed } = transportAt(address, { hasAddress })
  socket.buffered = buffered
  transport.pause()
  await turnEnd()
  expect(closed).not.toHaveBeenCalled()
})

test('the bytes of a text are those that the engine has counted', () => {
  // A made-up number, which shows where it came from.
  const { socket, transport } = transportAt('127.0.0.1', { resultOf: () => 42 })
  turn.entered(socket)
  transport.send('grüße', 'text')
  expect(transport.byteLength('grüße')).toBe(42)
})

test.each([
  ['waits', -1],
  ['is dropped', 0],
])('the bytes of a text that %s are counted', (what, result) => {
  const { socket, transport } = transportAt('127.0.0.1', { resultOf: () => result })
  turn.entered(socket)
  transport.send(`grüße ${what}`, 'text')
  expect(transport.byteLength(`grüße ${what}`)).toBe(Buffer.byteLength(`grüße ${what}`))
})
