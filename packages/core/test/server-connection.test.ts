import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CloseEvent } from '../src/close.ts'
import type { Connection } from '../src/connection.ts'
import { createEndpoint } from '../src/endpoint.ts'
import { heartbeatTolerance } from '../src/heartbeat.ts'
import type { Message } from '../src/message.ts'
import type { EndpointOptions } from '../src/options.ts'
import type { HandlerSession } from '../src/session.ts'
import { connect } from './connect.ts'
import type { FakeTransport, FakeTransportOptions } from './fake-transport.ts'
import { ManualClock } from './manual-clock.ts'

const X = 1_000
const TOLERANCE = heartbeatTolerance(X)

interface Setting extends Omit<EndpointOptions, 'session'> {
  readonly session?: HandlerSession<undefined>
  readonly transport?: FakeTransportOptions
}

/** One connection on a clock that stands still, and all that its session was told. */
function setUp({ session = {}, transport: transportOptions, ...options }: Setting = {}) {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const told: string[] = []
  const messages: Message[] = []
  const events: CloseEvent[] = []
  const opened: Connection<undefined>[] = []
  const endpoint = createEndpoint({
    clock,
    keepAliveInterval: X,
    closeTimeout: 300,
    onError: (error) => errors.push(error),
    ...options,
    session: {
      open(connection) {
        told.push('open')
        opened.push(connection)
        return session.open?.(connection)
      },
      message(connection: Connection<undefined>, message: Message) {
        told.push('message')
        messages.push(message)
        return session.message?.(connection, message)
      },
      drain(connection) {
        told.push('drain')
        return session.drain?.(connection)
      },
      close(connection, event) {
        told.push('close')
        events.push(event)
        return session.close?.(connection, event)
      },
    },
  })
  const transport = connect(endpoint, transportOptions)
  const [connection] = opened
  if (connection === undefined) throw new Error('the session was not opened')
  return { clock, endpoint, connection, transport, errors, told, messages, events }
}

/** Lets everything happen that was put off until the current call is over. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve()
}

describe('a connection', () => {
  test('tells its session of its life in order', () => {
    const { transport, told } = setUp()
    transport.receive('hello')
    transport.end('client', 1000)
    expect(told).toEqual(['open', 'message', 'close'])
  })

  test('is open until either side begins to close', () => {
    const byPeer = setUp()
    expect(byPeer.connection.isOpen).toBe(true)
    byPeer.transport.closing('client', 1000)
    expect(byPeer.connection.isOpen).toBe(false)
    const bySession = setUp()
    bySession.connection.close()
    expect(bySession.connection.isOpen).toBe(false)
  })

  test('hands text as strings and binary as bytes', () => {
    const { transport, messages } = setUp()
    transport.receive('grüße')
    transport.receive(new Uint8Array([1, 2]))
    expect(messages).toEqual(['grüße', new Uint8Array([1, 2])])
  })

  test('keeps a byte order mark', () => {
    const { transport, messages } = setUp()
    transport.receive('\ufeffhello')
    expect(messages).toEqual(['\ufeffhello'])
  })

  test('hands out messages that are safe to keep', () => {
    const { transport, messages } = setUp()
    const memory = Buffer.from([1, 2, 3])
    transport.receive(memory)
    memory.fill(0)
    expect(messages).toEqual([new Uint8Array([1, 2, 3])])
    expect(Object.getPrototypeOf(messages[0])).toBe(Uint8Array.prototype)
  })

  test('takes no message once it closes', () => {
    const { connection, transport, messages } = setUp()
    connection.close()
    transport.receive('too late')
    expect(messages).toEqual([])
  })

  test('tells of no drain once it closes', () => {
    const { connection, transport, told } = setUp()
    transport.result = 'queued'
    connection.send('hello')
    connection.close()
    transport.drain()
    expect(told).toEqual(['open'])
  })
})

describe('send', () => {
  test.each(['sent', 'queued', 'closed'] as const)('says %s where the transport does', (result) => {
    const { connection, transport } = setUp()
    transport.result = result
    expect(connection.send('hello')).toBe(result)
  })

  test('says closed once the connection closes, and asks nobody', () => {
    const { connection, transport } = setUp()
    transport.closing('client', 1000)
    expect(connection.send('hello')).toBe('closed')
    expect(transport.sent).toEqual([])
  })

  test.each([
    ['a string', 'a', undefined, 'text'],
    ['a string that is called binary', 'a', 'binary', 'text'],
    ['bytes', new Uint8Array(1), undefined, 'binary'],
    ['bytes that are called text', new Uint8Array(1), 'text', 'text'],
  ] as const)('sends %s as what it is', (_name, data, asked, type) => {
    const { connection, transport } = setUp()
    connection.send(data, asked)
    expect(transport.calls).toEqual([{ name: 'send', data, type }])
  })

  test.each([
    [5, 'number'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{}, 'object'],
    [new ArrayBuffer(1), 'wrap it in new Uint8Array()'],
  ])('refuses %s with words that help, and the connection stays open', (data, words) => {
    const { connection, transport } = setUp()
    // What the type forbids, plain JavaScript can still do.
    const send = () => connection.send(data as unknown as string)
    expect(send).toThrow(TypeError)
    expect(send).toThrow(words)
    expect(connection.send('hello')).toBe('sent')
    expect(transport.sent).toEqual(['hello'])
  })

  test('refuses data of a wrong type also when it is closed', () => {
    const { connection } = setUp()
    connection.terminate()
    // What the type forbids, plain JavaScript can still do.
    expect(() => connection.send(5 as unknown as string)).toThrow(TypeError)
  })

  test('is told of the drain that follows', () => {
    const { connection, transport, told } = setUp()
    transport.result = 'queued'
    connection.send('hello')
    transport.drain()
    expect(told).toEqual(['open', 'drain'])
  })

  test('closes with slow-consumer when too much waits already', () => {
    const { connection, transport, events } = setUp({ maxBufferedAmount: 100 })
    transport.result = 'queued'
    expect(connection.send(new Uint8Array(101))).toBe('queued')
    expect(connection.send('one more')).toBe('closed')
    expect(transport.closeFrame?.code).toBe(1008)
    transport.end('lost')
    expect(events).toMatchObject([{ cause: 'slow-consumer', code: 1008 }])
  })

  test('takes a message while no more than the maximum waits', () => {
    const { connection, transport } = setUp({ maxBufferedAmount: 100 })
    transport.result = 'queued'
    connection.send(new Uint8Array(100))
    expect(connection.send('one more')).toBe('queued')
  })

  test('takes a message again once the network has taken what waited', () => {
    const { connection, transport } = setUp({ maxBufferedAmount: 100 })
    transport.result = 'queued'
    connection.send(new Uint8Array(1_000))
    transport.drain()
    expect(connection.send('one more')).toBe('sent')
  })
})

describe('what waits for the network', () => {
  test('is told', () => {
    const { connection, transport } = setUp()
    transport.setBufferedAmount(42)
    expect(connection.bufferedAmount).toBe(42)
  })

  test('is nothing once the connection is gone', () => {
    const { connection, transport } = setUp()
    transport.setBufferedAmount(42)
    transport.end()
    expect(connection.bufferedAmount).toBe(0)
  })
})

describe('limits', () => {
  test('a message of the maximum size passes', () => {
    const { transport, messages } = setUp({ maxMessageSize: 10 })
    transport.receive('0123456789')
    expect(messages).toEqual(['0123456789'])
  })

  test('a message over the maximum size closes with 1009', () => {
    const { transport, messages, events } = setUp({ maxMessageSize: 10 })
    transport.receive('0123456789a')
    transport.end('client', 1009)
    expect(messages).toEqual([])
    expect(transport.closeFrame?.code).toBe(1009)
    expect(events).toMatchObject([{ cause: 'message-too-big', code: 1009, wasClean: true }])
  })

  test('the size of text is its bytes', () => {
    const { transport } = setUp({ maxMessageSize: 10 })
    transport.receive('€€€€')
    expect(transport.closeFrame?.code).toBe(1009)
  })

  test('more messages than the rate allows close with 1008', () => {
    const { transport, messages, events } = setUp({ messageRate: 3 })
    for (let i = 0; i < 5; i++) transport.receive('hello')
    transport.end('lost')
    expect(messages).toHaveLength(3)
    expect(transport.closeFrame?.code).toBe(1008)
    expect(events).toMatchObject([{ cause: 'rate-limit', code: 1008 }])
  })

  test('messages at the rate may go on for ever', () => {
    const { clock, transport, messages } = setUp({ messageRate: 4 })
    for (let i = 0; i < 100; i++) {
      transport.receive('hello')
      clock.advance(250)
    }
    expect(messages).toHaveLength(100)
  })
})

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

  test('leaves no timer behind', () => {
    const { clock, connection, transport } = setUp()
    connection.close()
    transport.end('client', 1000)
    expect(clock.pending).toBe(0)
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

  test('is reported after the call, not from within', () => {
    const { connection, events } = setUp()
    connection.terminate()
    expect(events).toEqual([])
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

  test('is awaited for no longer than closeTimeout', () => {
    const { clock, transport, events } = setUp({ closeTimeout: 300 })
    transport.closing('client', 1000)
    clock.advance(300)
    expect(transport.callNames).toEqual(['terminate'])
    expect(events).toMatchObject([{ cause: 'client', code: 1000 }])
  })

  test('told twice is one event', () => {
    const { transport, events } = setUp()
    transport.end('lost')
    transport.end('client', 1000)
    expect(events).toMatchObject([{ cause: 'lost' }])
  })
})

describe('pause', () => {
  test('stops the reading, and resume goes on, each once', () => {
    const { connection, transport } = setUp()
    connection.pause()
    connection.pause()
    connection.resume()
    connection.resume()
    expect(transport.callNames).toEqual(['pause', 'resume'])
  })

  test('does nothing where the transport cannot', () => {
    const { connection, transport } = setUp({ transport: { canPause: false } })
    connection.pause()
    connection.resume()
    expect(transport.calls).toEqual([])
  })

  test('does nothing once the connection closes', () => {
    const { connection, transport } = setUp()
    transport.closing('client', 1000)
    connection.pause()
    expect(transport.calls).toEqual([])
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

describe('the cap on what waits', () => {
  test('holds for the answers to pings as well, which the engine sends by itself', async () => {
    const { transport, events } = setUp({ maxBufferedAmount: 1_000 })
    transport.setBufferedAmount(1_000)
    transport.alive()
    expect(transport.closeFrame).toBeUndefined()
    transport.setBufferedAmount(1_001)
    transport.alive()
    expect(transport.closeFrame?.code).toBe(1008)
    transport.end()
    expect(events).toMatchObject([{ cause: 'slow-consumer' }])
  })

  test('ends who goes on pinging while it is closed for that', () => {
    const { transport, events } = setUp({ maxBufferedAmount: 1_000 })
    transport.setBufferedAmount(1_001)
    transport.alive()
    expect(transport.isOver).toBe(false)
    transport.alive()
    expect(transport.isOver).toBe(true)
    expect(events).toMatchObject([{ cause: 'slow-consumer', code: 1008 }])
  })
})

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
    ['a ping or pong', (transport) => transport.alive()],
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

  test('leaves no timer behind', () => {
    const { clock } = setUp()
    clock.advance(silence)
    expect(clock.pending).toBe(0)
  })
})

type Step =
  | { readonly kind: 'receive' | 'alive' | 'drain' | 'pause' | 'resume' | 'terminate' | 'throw' }
  | { readonly kind: 'send'; readonly result: 'sent' | 'queued' | 'closed' }
  | { readonly kind: 'close'; readonly code: number }
  | { readonly kind: 'advance'; readonly by: number }
  | { readonly kind: 'closing' | 'end'; readonly cause: 'client' | 'lost' | 'protocol-error' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'receive' as const,
      'alive' as const,
      'drain' as const,
      'pause' as const,
      'resume' as const,
      'terminate' as const,
      'throw' as const,
    ),
  }),
  fc.record({
    kind: fc.constant('send' as const),
    result: fc.constantFrom('sent' as const, 'queued' as const, 'closed' as const),
  }),
  fc.record({ kind: fc.constant('close' as const), code: fc.constantFrom(1000, 4000, 1005) }),
  fc.record({ kind: fc.constant('advance' as const), by: fc.constantFrom(10, 300, X, 3 * X) }),
  fc.record({
    kind: fc.constantFrom('closing' as const, 'end' as const),
    cause: fc.constantFrom('client' as const, 'lost' as const, 'protocol-error' as const),
  }),
)

describe('whatever happens', () => {
  const play = async (steps: readonly Step[], ends: 'later' | 'at once') => {
    let isInOwnCall = false
    let closedWithin = 0
    let fails = false
    const world = setUp({
      maxBufferedAmount: 20,
      transport: { ends },
      session: {
        message() {
          if (fails) throw new Error('boom')
        },
        close() {
          if (isInOwnCall) closedWithin++
        },
      },
    })
    const { clock, connection, transport } = world
    const own = (call: () => void) => {
      isInOwnCall = true
      try {
        call()
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
      } finally {
        isInOwnCall = false
      }
    }
    for (const one of steps) {
      switch (one.kind) {
        case 'send':
          transport.result = one.result
          own(() => connection.send('0123456789'))
          break
        case 'close':
          own(() => connection.close(one.code))
          break
        case 'pause':
        case 'resume':
        case 'terminate': {
          const { kind } = one
          own(() => connection[kind]())
          break
        }
        case 'advance':
          clock.advance(one.by)
          break
        case 'throw':
          fails = true
          if (!transport.isOver) transport.receive('hello')
          fails = false
          break
        case 'receive':
          if (!transport.isOver) transport.receive('hello')
          break
        case 'alive':
        case 'drain':
          if (!transport.isOver) transport[one.kind]()
          break
        case 'closing':
          if (!transport.isOver) transport.closing(one.cause)
          break
        case 'end':
          // An engine may tell of an end that core has brought about itself.
          transport.end(one.cause)
          break
      }
      own(() => connection.bufferedAmount)
    }
    if (!transport.isOver) transport.end('lost')
    await settle()
    return { ...world, closedWithin }
  }

  const sequences = fc.array(step, { maxLength: 30 })
  const engines = fc.constantFrom('later' as const, 'at once' as const)

  test('a connection ends with one close event, and nothing comes after it', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, engines, async (steps, ends) => {
        const { told } = await play(steps, ends)
        expect(told.filter((name) => name === 'close')).toHaveLength(1)
        expect(told.at(-1)).toBe('close')
      }),
      { numRuns: 500 },
    )
  })

  test('no close event comes from within a call of the session', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, engines, async (steps, ends) => {
        const { closedWithin } = await play(steps, ends)
        expect(closedWithin).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  test('a transport is asked nothing that it must not be asked any more', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, engines, async (steps, ends) => {
        const { transport } = await play(steps, ends)
        expect(transport.forbiddenCalls).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('a connection that has ended leaves no timer and no trace', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, engines, async (steps, ends) => {
        const { clock, endpoint } = await play(steps, ends)
        expect(clock.pending).toBe(0)
        expect(endpoint.connections.size).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
