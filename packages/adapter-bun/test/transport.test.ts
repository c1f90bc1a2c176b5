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
  resultOf: (text: string) => number = () => -1,
) {
  const socket = {
    remoteAddress,
    getBufferedAmount: () => 0,
    sendText: resultOf,
    ping: () => -1,
    close() {},
    terminate() {},
  }
  const closed = vi.fn()
  const listener: Partial<TransportListener> = { opened() {}, closed }
  const admission: Partial<Admission> = { accept: () => listener as TransportListener }
  const transport = new BunTransport(false, 1_000)
  // The rest of them is not used.
  transport.opened(socket as Partial<BunSocket> as BunSocket)
  transport.admit(admission as Admission)
  return { socket, transport, closed }
}

const acts: readonly (readonly [what: string, act: (transport: BunTransport) => void])[] = [
  ['pinged', (transport) => transport.ping()],
  ['closed', (transport) => transport.close(1000, '')],
  ['terminated', (transport) => transport.terminate()],
]

test.each(acts)('a client that Bun has lost without a word is told when it is %s', (_what, act) => {
  const { socket, transport, closed } = transportAt('127.0.0.1')
  socket.remoteAddress = undefined
  act(transport)
  expect(closed.mock.calls).toEqual([['lost']])
})

test.each(['127.0.0.1', undefined])(
  'a client at %s that is there is not told to be lost',
  (address) => {
    const { transport, closed } = transportAt(address)
    transport.ping()
    expect(closed).not.toHaveBeenCalled()
  },
)

test('the bytes of a text are those that the engine has counted', () => {
  // A made-up number, which shows where it came from.
  const { socket, transport } = transportAt('127.0.0.1', () => 42)
  turn.entered(socket)
  transport.send('grüße', 'text')
  expect(transport.byteLength('grüße')).toBe(42)
})

test.each([
  ['waits', -1],
  ['is dropped', 0],
])('the bytes of a text that %s are counted', (what, result) => {
  const { socket, transport } = transportAt('127.0.0.1', () => result)
  turn.entered(socket)
  transport.send(`grüße ${what}`, 'text')
  expect(transport.byteLength(`grüße ${what}`)).toBe(Buffer.byteLength(`grüße ${what}`))
})
