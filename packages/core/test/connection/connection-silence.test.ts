import { describe, expect, test } from 'vitest'
import type { FakeTransport } from '../support/fake-transport.ts'
import { setUp, TOLERANCE, X } from '../support/one-connection.ts'

describe('the 2X rule', () => {
  const silence = 2 * X + TOLERANCE

  test('ends a silent connection without a close frame, with cause heartbeat', () => {
    const { clock, transport, events } = setUp()
    clock.advance(2 * X - 1)
    expect(events).toEqual([])
    clock.advance(TOLERANCE + 1)
    expect(transport.callNames.filter((name) => name !== 'ping')).toEqual(['terminate'])
    expect(events).toEqual([{ cause: 'heartbeat', code: 1006, reason: '', wasClean: false }])
  })

  test('sends pings meanwhile', () => {
    const { clock, transport } = setUp()
    clock.advance(2 * X)
    expect(transport.callNames).toContain('ping')
  })

  test('is off where the interval is 0', () => {
    const { clock, transport, events } = setUp({ keepAliveInterval: 0 })
    clock.advance(1_000 * X)
    expect(transport.calls).toEqual([])
    expect(events).toEqual([])
  })

  const signs: readonly [string, (transport: FakeTransport) => void][] = [
    ['a message', (transport) => transport.receive('hello')],
    ['a ping', (transport) => transport.pinged()],
    ['a pong', (transport) => transport.ponged()],
    ['a drain', (transport) => transport.drain()],
  ]
  test.each(signs)('takes %s for a sign of life', (_name, give) => {
    const { clock, transport, events } = setUp()
    for (let i = 0; i < 5; i++) {
      clock.advance(1.9 * X)
      give(transport)
    }
    expect(events).toEqual([])
  })

  test.each(signs.slice(1))(
    'does not take %s for one where messages alone count',
    (_name, give) => {
      const { clock, transport, events } = setUp({ aliveOn: 'message' })
      clock.advance(1.9 * X)
      give(transport)
      clock.advance(0.1 * X + TOLERANCE)
      expect(events).toMatchObject([{ cause: 'heartbeat' }])
    },
  )

  test('takes a poll for a sign of life, also where messages alone count', () => {
    const { clock, transport, events } = setUp({ aliveOn: 'message' })
    for (let i = 0; i < 5; i++) {
      clock.advance(1.9 * X)
      transport.alive()
    }
    expect(events).toEqual([])
    clock.advance(2 * X + TOLERANCE)
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test('takes a message for a sign of life where messages alone count', () => {
    const { clock, transport, events } = setUp({ aliveOn: 'message' })
    for (let i = 0; i < 5; i++) {
      clock.advance(1.9 * X)
      transport.receive('hello')
    }
    expect(events).toEqual([])
  })

  test('spares a peer that still takes bytes', () => {
    const { clock, connection, transport, events } = setUp()
    transport.result = 'queued'
    connection.send(new Uint8Array(1_000))
    for (let left = 1_000; left > 900; left -= 10) {
      transport.setBufferedAmount(left)
      clock.advance(X)
    }
    expect(events).toEqual([])
  })

  test('spares a peer that takes bytes of one large message, as far as the engine can tell', () => {
    const { clock, connection, transport, events } = setUp()
    transport.result = 'queued'
    connection.send(new Uint8Array(1_000))
    for (let left = 1_000; left > 900; left -= 10) {
      transport.setBufferedAmount(1_000, left)
      clock.advance(X)
    }
    expect(events).toEqual([])
  })

  test('spares a peer that takes bytes while more and more is sent to it', () => {
    const { clock, connection, transport, events } = setUp()
    transport.result = 'queued'
    connection.send(new Uint8Array(1_000))
    for (let i = 0; i < 10; i++) {
      transport.setBufferedAmount(transport.bufferedAmount - 50)
      connection.send(new Uint8Array(100))
      clock.advance(X)
    }
    expect(events).toEqual([])
  })

  test('ends a peer that takes nothing while more and more is sent to it', () => {
    const { clock, connection, transport, events } = setUp()
    transport.result = 'queued'
    connection.send(new Uint8Array(1_000))
    for (let i = 0; i < 10; i++) {
      connection.send(new Uint8Array(100))
      clock.advance(X / 4)
    }
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test('ends a peer that takes no bytes any more', () => {
    const { clock, connection, transport, events } = setUp()
    transport.result = 'queued'
    connection.send(new Uint8Array(1_000))
    clock.advance(silence)
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test('ends a peer on time that took bytes once and then no more', () => {
    const { clock, connection, transport, events } = setUp()
    transport.result = 'queued'
    connection.send(new Uint8Array(1_000))
    clock.advance(X / 10)
    transport.setBufferedAmount(500)
    clock.advance(silence)
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test('takes no falling backlog for a sign of life where messages alone count', () => {
    const { clock, connection, transport, events } = setUp({ aliveOn: 'message' })
    transport.result = 'queued'
    connection.send(new Uint8Array(1_000))
    for (let left = 1_000; left > 970; left -= 10) {
      transport.setBufferedAmount(left)
      clock.advance(X)
    }
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test.each(['traffic', 'message'] as const)(
    'spares a peer that is not listened to, with aliveOn %s',
    (aliveOn) => {
      const { clock, connection, events } = setUp({ aliveOn })
      connection.pause()
      clock.advance(20 * X)
      expect(events).toEqual([])
    },
  )

  test('counts from the moment at which a peer is listened to again', () => {
    const { clock, connection, events } = setUp()
    connection.pause()
    clock.advance(20 * X)
    connection.resume()
    clock.advance(2 * X - 1)
    expect(events).toEqual([])
    clock.advance(TOLERANCE + 1)
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test('ends a paused peer that takes no bytes either', () => {
    const { clock, connection, transport, events } = setUp()
    transport.result = 'queued'
    connection.send(new Uint8Array(1_000))
    connection.pause()
    clock.advance(silence)
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test('does not apply to a connection that closes: that is what closeTimeout is for', () => {
    const { clock, connection, events } = setUp({ closeTimeout: 10 * X })
    connection.close()
    clock.advance(9 * X)
    expect(events).toEqual([])
    clock.advance(X)
    expect(events).toMatchObject([{ cause: 'server' }])
  })
})
