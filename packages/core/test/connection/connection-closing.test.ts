import { describe, expect, test } from 'vitest'
import type { HandlerSession } from '../../src/session/session.ts'
import { connect } from '../support/connect.ts'
import type { FakeTransport } from '../support/fake-transport.ts'
import { settle, setUp } from '../support/one-connection.ts'

describe('close', () => {
  test('sends a close frame with code and reason', () => {
    const { connection, transport } = setUp()
    connection.close(4001, 'enough')
    expect(transport.closeFrame).toEqual({ code: 4001, reason: 'enough' })
  })

  test('sends 1000 where nothing is said', () => {
    const { connection, transport } = setUp()
    connection.close()
    expect(transport.closeFrame).toEqual({ code: 1000, reason: '' })
  })

  test('is clean when the peer answers', () => {
    const { connection, transport, events } = setUp()
    connection.close(4001, 'enough')
    transport.end('client', 4001)
    expect(events).toEqual([{ cause: 'server', code: 4001, reason: 'enough', wasClean: true }])
  })

  test('is not clean when the network ends instead', () => {
    const { connection, transport, events } = setUp()
    connection.close(4001, 'enough')
    transport.end('lost')
    expect(events).toEqual([{ cause: 'server', code: 4001, reason: 'enough', wasClean: false }])
  })

  test.each([
    ['a code that may not be sent', 1005, ''],
    ['a code out of range', 999, ''],
    ['a reason of 124 bytes', 1000, 'a'.repeat(124)],
  ])('refuses %s and leaves the connection as it was', (_name, code, reason) => {
    const { connection, transport, messages } = setUp()
    expect(() => connection.close(code, reason)).toThrow(RangeError)
    expect(transport.calls).toEqual([])
    expect(connection.send('hello')).toBe('sent')
    transport.receive('hello')
    expect(messages).toEqual(['hello'])
    connection.close(1000)
    expect(transport.closeFrame).toEqual({ code: 1000, reason: '' })
  })

  test('refuses wrong arguments also when the connection is closed', () => {
    const { connection, transport } = setUp()
    transport.end()
    expect(() => connection.close(1005)).toThrow(RangeError)
  })

  test('does nothing the second time', () => {
    const { connection, transport, events } = setUp()
    connection.close(4001)
    connection.close(4002)
    transport.end('lost')
    expect(transport.callNames).toEqual(['close'])
    expect(events).toMatchObject([{ code: 4001 }])
  })

  test('reads on where reading is paused, because the answer is still to come', () => {
    const { connection, transport } = setUp()
    connection.pause()
    connection.close()
    expect(transport.isPaused).toBe(false)
  })

  test('terminates a peer that does not answer in time', () => {
    const { clock, connection, transport, events } = setUp({ closeTimeout: 300 })
    connection.close()
    clock.advance(299)
    expect(transport.isOver).toBe(false)
    clock.advance(1)
    expect(transport.callNames).toEqual(['close', 'terminate'])
    expect(events).toMatchObject([{ cause: 'server', code: 1000, wasClean: false }])
  })

  test('gives the peer its time from when the network took the last of what was sent before', () => {
    const { clock, connection, transport } = setUp({ closeTimeout: 800 })
    transport.setBufferedAmount(1_000)
    connection.close()
    for (let left = 900; left >= 0; left -= 100) {
      clock.advance(700)
      transport.setBufferedAmount(left)
    }
    clock.advance(799)
    expect(transport.isOver).toBe(false)
    clock.advance(101)
    expect(transport.callNames).toEqual(['close', 'terminate'])
    expect(transport.forbiddenCalls).toEqual([])
  })

  test('terminates in time a peer that takes nothing of what was sent before', () => {
    const { clock, connection, transport } = setUp({ closeTimeout: 800 })
    transport.setBufferedAmount(1_000)
    connection.close()
    clock.advance(799)
    expect(transport.isOver).toBe(false)
    clock.advance(1)
    expect(transport.isOver).toBe(true)
  })

  test('gives no more time to a peer that is closed because it was too slow', () => {
    const { clock, connection, transport, events } = setUp({
      closeTimeout: 800,
      maxBufferedAmount: 1_000,
    })
    transport.result = 'queued'
    connection.send(new Uint8Array(1_001))
    connection.send('one too many')
    for (let passed = 0; passed < 800; passed += 100) {
      transport.setBufferedAmount(1_000 - passed)
      clock.advance(100)
    }
    expect(transport.isOver).toBe(true)
    expect(events).toMatchObject([{ cause: 'slow-consumer' }])
  })

  test('leaves a peer that pings its time, whatever waits', () => {
    const { connection, transport } = setUp({ maxBufferedAmount: 1_000 })
    transport.setBufferedAmount(5_000)
    connection.close()
    transport.pinged()
    expect(transport.callNames).toEqual(['close'])
  })

  test.each([
    ['messages', (peer: FakeTransport) => peer.receive(new Uint8Array(1_000 - 64))],
    [
      'messages, pings and pongs, however small',
      (peer: FakeTransport) => {
        for (let i = 0; i < 5; i++) {
          peer.receive('')
          peer.pinged()
          peer.ponged()
        }
        peer.receive('')
      },
    ],
  ])('terminates a peer that sends more than a buffer of %s after it', (_name, send) => {
    const { connection, transport, messages, events } = setUp({ receiveBufferSize: 1_000 })
    connection.close(4001)
    send(transport)
    expect(transport.callNames).toEqual(['close'])
    transport.pinged()
    expect(transport.callNames).toEqual(['close', 'terminate'])
    expect(messages).toEqual([])
    expect(events).toMatchObject([{ code: 4001, cause: 'server', wasClean: false }])
    transport.ponged()
    expect(transport.forbiddenCalls).toEqual([])
  })

  test('is reported after the call, not from within, by an engine that ends at once', async () => {
    const { connection, events } = setUp({ transport: { ends: 'at once' } })
    connection.close(4001)
    expect(events).toEqual([])
    await settle()
    expect(events).toEqual([{ cause: 'server', code: 4001, reason: '', wasClean: false }])
  })
})

describe('terminate', () => {
  test('ends the connection without a close frame', async () => {
    const { connection, transport, events } = setUp()
    connection.terminate()
    await settle()
    expect(transport.callNames).toEqual(['terminate'])
    expect(events).toEqual([{ cause: 'server', code: 1006, reason: '', wasClean: false }])
  })

  test('keeps the cause of a close that had begun', async () => {
    const { connection, events } = setUp()
    connection.close(4001)
    connection.terminate()
    await settle()
    expect(events).toMatchObject([{ cause: 'server', code: 4001, wasClean: false }])
  })

  test('does nothing once the connection is gone', () => {
    const { connection, transport } = setUp()
    transport.end()
    connection.terminate()
    expect(transport.calls).toEqual([])
  })
})

describe('the end that a transport tells', () => {
  test.each([
    ['client', 4321, 'bye', { cause: 'client', code: 4321, reason: 'bye', wasClean: true }],
    ['client', undefined, undefined, { cause: 'client', code: 1005, reason: '', wasClean: true }],
    ['lost', undefined, undefined, { cause: 'lost', code: 1006, reason: '', wasClean: false }],
    [
      'protocol-error',
      undefined,
      undefined,
      { cause: 'protocol-error', code: 1002, wasClean: false },
    ],
    ['invalid-data', undefined, undefined, { cause: 'invalid-data', code: 1007, wasClean: false }],
    [
      'message-too-big',
      undefined,
      undefined,
      { cause: 'message-too-big', code: 1009, wasClean: false },
    ],
  ] as const)('by %s (%j, %j) is the event', (cause, code, reason, event) => {
    const { transport, events } = setUp()
    transport.end(cause, code, reason)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject(event)
  })

  test('is the one with which it began', () => {
    const { transport, events } = setUp()
    transport.closing('invalid-data')
    transport.end('lost')
    expect(events).toEqual([{ cause: 'invalid-data', code: 1007, reason: '', wasClean: false }])
  })

  test('is clean where the peer has closed, however the network ends', () => {
    const { transport, events } = setUp()
    transport.closing('client', 1000, 'bye')
    transport.end('lost')
    expect(events).toEqual([{ cause: 'client', code: 1000, reason: 'bye', wasClean: true }])
  })

  test.each([
    ['client', 1005],
    ['lost', 1006],
  ] as const)('by %s is awaited for no longer than closeTimeout', (cause, code) => {
    const { clock, connection, transport, events } = setUp({ closeTimeout: 300 })
    transport.closing(cause)
    expect(connection.isOpen).toBe(false)
    clock.advance(300)
    expect(transport.callNames).toEqual(['terminate'])
    expect(events).toMatchObject([{ cause, code }])
  })

  test('is not awaited when the peer sends more than a buffer that is dropped', () => {
    const { transport, events } = setUp({ receiveBufferSize: 1_000 })
    transport.closing('client', 1000)
    transport.ignored(1_000 - 64)
    expect(transport.callNames).toEqual([])
    transport.ignored(1)
    expect(transport.callNames).toEqual(['terminate'])
    expect(events).toMatchObject([{ cause: 'client', code: 1000, wasClean: true }])
  })

  test('told twice is one event', () => {
    const { transport, events } = setUp()
    transport.end('lost')
    transport.end('client', 1000)
    expect(events).toMatchObject([{ cause: 'lost' }])
  })
})

describe('a session that fails', () => {
  const boom = new Error('boom')
  const failures: readonly [string, HandlerSession<undefined>, string?][] = [
    ['throws in open', { open: thrower }],
    ['rejects in open', { open: rejecter }],
    ['throws in message', { message: thrower }],
    ['rejects in message', { message: rejecter }],
    ['throws in drain', { drain: thrower }],
    ['rejects in drain', { drain: rejecter }],
  ]
  function thrower(): void {
    throw boom
  }
  function rejecter(): Promise<void> {
    return Promise.reject(boom)
  }

  test.each(failures)('because it %s is closed with 1011', async (_name, session) => {
    const { transport, errors, events } = setUp({ session })
    transport.receive('hello')
    transport.drain()
    await settle()
    transport.end('client', 1011)
    expect(transport.closeFrame).toEqual({ code: 1011, reason: '' })
    expect(errors).toEqual([boom])
    expect(events).toEqual([{ cause: 'session-error', code: 1011, reason: '', wasClean: true }])
  })

  test.each([
    ['throws', thrower],
    ['rejects', rejecter],
  ])('because it %s in close is reported, and the connection ends', async (_name, close) => {
    const { endpoint, transport, errors } = setUp({ session: { close } })
    transport.end('client', 1000)
    await settle()
    expect(errors).toEqual([boom])
    expect(endpoint.connections.size).toBe(0)
  })

  test('after the end changes nothing but is reported', async () => {
    let fail = (_error: Error): void => {}
    const later = new Promise<void>((_resolve, reject) => {
      fail = reject
    })
    const { transport, errors, events } = setUp({ session: { message: () => later } })
    transport.receive('hello')
    transport.end('client', 1000)
    fail(boom)
    await settle()
    expect(errors).toEqual([boom])
    expect(events).toMatchObject([{ cause: 'client' }])
  })

  test('by throwing what is no error is closed too', () => {
    const { transport, errors } = setUp({
      session: {
        message() {
          throw undefined
        },
      },
    })
    transport.receive('hello')
    expect(transport.closeFrame?.code).toBe(1011)
    expect(errors).toEqual([undefined])
  })

  test('does not reach another connection', () => {
    const { endpoint, transport } = setUp({ session: { message: thrower } })
    const other = connect(endpoint)
    transport.receive('hello')
    expect(other.calls).toEqual([])
  })

  test('may close in a handler that throws after that', async () => {
    const { transport, errors, events } = setUp({
      session: {
        message(connection) {
          connection.close(4001)
          throw boom
        },
      },
    })
    transport.receive('hello')
    transport.end('lost')
    expect(transport.closeFrame?.code).toBe(4001)
    expect(errors).toEqual([boom])
    expect(events).toMatchObject([{ cause: 'server', code: 4001 }])
  })
})
