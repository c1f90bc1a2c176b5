import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ConnectionClosedError } from '../../src/connection/connection-closed-error.ts'
import type { Message } from '../../src/connection/message.ts'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import { echoLoop } from '../../src/session/echo.ts'
import { loop } from '../../src/session/loop.ts'
import { connect } from '../support/connect.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { isPending, outcome, type Run, SILENCE, setUp, setUpIdle, X } from '../support/one-loop.ts'

describe('loop', () => {
  test('takes a function and nothing else', () => {
    // What the type forbids, plain JavaScript can still do.
    expect(() => loop({} as Run)).toThrow(TypeError)
  })
})

describe('reading', () => {
  test('yields the messages in order, whether they came before or after', async () => {
    const read: Message[] = []
    const { transport } = setUp(async (connection) => {
      for await (const message of connection) read.push(message)
    })
    transport.receive('a')
    transport.receive('b')
    await nextTurn()
    transport.receive(new Uint8Array([3]))
    await nextTurn()
    expect(read).toEqual(['a', 'b', new Uint8Array([3])])
  })

  test('yields messages that are safe to keep', async () => {
    const { transport, messages } = setUpIdle()
    const memory = new Uint8Array([1, 2, 3])
    transport.receive(memory)
    memory.fill(0)
    expect(await messages.next()).toEqual({ done: false, value: new Uint8Array([1, 2, 3]) })
  })

  test('ends when the peer closes', async () => {
    const { transport, messages } = setUpIdle()
    const waiting = messages.next()
    transport.end('client', 1000)
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await messages.next()).toEqual({ done: true, value: undefined })
  })

  test('ends when the endpoint closes', async () => {
    const { endpoint, transport, messages } = setUpIdle()
    const waiting = messages.next()
    endpoint.close()
    transport.end('lost')
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  test('ends when the session itself closes', async () => {
    const { connection, transport, messages } = setUpIdle()
    const waiting = messages.next()
    connection.close()
    transport.end('client', 1000)
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  test.each(['lost', 'protocol-error', 'invalid-data', 'message-too-big'] as const)(
    'throws when the connection ends by %s',
    async (cause) => {
      const { transport, messages } = setUpIdle()
      const waiting = messages.next()
      transport.end(cause)
      const error = await outcome(waiting)
      expect(error).toBeInstanceOf(ConnectionClosedError)
      expect(error).toMatchObject({ name: 'ConnectionClosedError', event: { cause } })
      expect(await outcome(messages.next())).toMatchObject({ event: { cause } })
    },
  )

  test('yields what had come before the end, and then the end', async () => {
    const { transport, messages } = setUpIdle()
    transport.receive('a')
    transport.end('lost')
    expect(await messages.next()).toEqual({ done: false, value: 'a' })
    expect(await outcome(messages.next())).toBeInstanceOf(ConnectionClosedError)
  })

  test('in two places at once is refused, and the first one is served', async () => {
    const { transport, messages } = setUpIdle()
    const first = messages.next()
    expect(await outcome(messages.next())).toMatchObject({
      message: expect.stringContaining('already being read'),
    })
    transport.receive('a')
    expect(await first).toEqual({ done: false, value: 'a' })
  })

  test('may stop and go on in another loop', async () => {
    const read: Message[] = []
    const { transport } = setUp(async (connection) => {
      for await (const message of connection) {
        read.push('first', message)
        break
      }
      for await (const message of connection) read.push('second', message)
    })
    transport.receive('a')
    transport.receive('b')
    await nextTurn()
    expect(read).toEqual(['first', 'a', 'second', 'b'])
  })
})

describe('sending', () => {
  test('resolves at once when the network takes the message', async () => {
    const { connection, transport } = setUpIdle()
    expect(await connection.sendAndWait('a')).toBe('sent')
    expect(transport.sent).toEqual(['a'])
  })

  test('waits while the network is slower', async () => {
    const { connection, transport } = setUpIdle()
    transport.result = 'queued'
    const [first, second] = [connection.sendAndWait('a'), connection.sendAndWait('b')]
    expect(await isPending(first)).toBe(true)
    transport.drain()
    expect(await Promise.all([first, second])).toEqual(['sent', 'sent'])
  })

  test('waits again after a drain', async () => {
    const { connection, transport } = setUpIdle()
    transport.result = 'queued'
    const first = connection.sendAndWait('a')
    transport.drain()
    await first
    transport.result = 'queued'
    expect(await isPending(connection.sendAndWait('b'))).toBe(true)
  })

  test('resolves when the network takes what waits while the connection closes', async () => {
    const { transport, connection } = setUpIdle()
    transport.result = 'queued'
    const sending = connection.sendAndWait('the last one')
    connection.close()
    transport.drain()
    expect(await sending).toBe('sent')
  })

  test('says closed once the connection closes', async () => {
    const { connection, transport } = setUpIdle()
    transport.closing('client', 1000)
    expect(await connection.sendAndWait('a')).toBe('closed')
  })

  test('rejects when the connection ends while a message waits', async () => {
    const { connection, transport } = setUpIdle()
    transport.result = 'queued'
    const waiting = connection.sendAndWait('a')
    transport.end('client', 1000)
    expect(await outcome(waiting)).toMatchObject({ event: { cause: 'client', code: 1000 } })
  })

  test('that nobody awaits is nobody to fail', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', note)
    try {
      const { connection, transport } = setUpIdle()
      transport.result = 'queued'
      connection.sendAndWait('a')
      connection.sendAndWait('b')
      transport.end('lost')
      await nextTurn()
      await nextTurn()
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(unhandled).toEqual([])
  })
})

describe('death by heartbeat', () => {
  test('releases who waits to receive, with the cause', async () => {
    const { clock, messages } = setUpIdle()
    const waiting = messages.next()
    clock.advance(SILENCE)
    expect(await outcome(waiting)).toMatchObject({ event: { cause: 'heartbeat', code: 1006 } })
  })

  test('releases who waits to send, with the cause', async () => {
    const { clock, connection, transport } = setUpIdle()
    transport.result = 'queued'
    const waiting = connection.sendAndWait('a')
    clock.advance(SILENCE)
    expect(await outcome(waiting)).toMatchObject({ event: { cause: 'heartbeat' } })
  })

  test('is no error of a session that does not catch it', async () => {
    const { clock, errors, events } = setUp(async (connection) => {
      for await (const message of connection) await connection.sendAndWait(message)
    })
    clock.advance(SILENCE)
    await nextTurn()
    expect(errors).toEqual([])
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })
})

describe('a session', () => {
  test('that returns closes its connection with 1000', async () => {
    const { transport, errors, events } = setUp(async () => {})
    await nextTurn()
    expect(transport.closeFrame).toEqual({ code: 1000, reason: '' })
    transport.end('client', 1000)
    expect(events).toMatchObject([{ cause: 'server', code: 1000, wasClean: true }])
    expect(errors).toEqual([])
  })

  test('that returns after its own close keeps the code of that', async () => {
    const { transport } = setUp(async (connection) => connection.close(4001, 'enough'))
    await nextTurn()
    expect(transport.callNames).toEqual(['close'])
    expect(transport.closeFrame).toEqual({ code: 4001, reason: 'enough' })
  })

  test.each([
    [
      'rejects',
      async () => {
        throw new Error('boom')
      },
    ],
    [
      'throws before its first await, being no async function',
      (): Promise<void> => {
        throw new Error('boom')
      },
    ],
  ])('that %s closes its connection with 1011', async (_name, run) => {
    const { transport, errors, events } = setUp(run)
    await nextTurn()
    expect(transport.closeFrame).toEqual({ code: 1011, reason: '' })
    expect(errors).toMatchObject([{ message: 'boom' }])
    transport.end('client', 1011)
    expect(events).toMatchObject([{ cause: 'session-error', code: 1011 }])
  })

  test('that fails after the end is reported', async () => {
    const { transport, errors, events } = setUp(async (connection) => {
      await connection.closed
      throw new Error('boom')
    })
    transport.end('client', 1000)
    await nextTurn()
    expect(errors).toMatchObject([{ message: 'boom' }])
    expect(events).toMatchObject([{ cause: 'client' }])
  })

  test('that throws the end of another connection has failed', async () => {
    const foreign = new ConnectionClosedError({
      code: 1006,
      reason: '',
      wasClean: false,
      cause: 'lost',
    })
    const { transport, errors } = setUp(async () => {
      throw foreign
    })
    await nextTurn()
    expect(transport.closeFrame?.code).toBe(1011)
    expect(errors).toEqual([foreign])
  })

  test('may terminate its connection', async () => {
    const { connection, transport, events } = setUpIdle()
    connection.terminate()
    await nextTurn()
    expect(transport.callNames).toEqual(['terminate'])
    expect(events).toMatchObject([{ cause: 'server', code: 1006 }])
  })

  test('sees what its connection is', () => {
    const { connection, transport } = setUpIdle({ protocols: ['chat'] })
    transport.setBufferedAmount(5)
    expect(connection).toMatchObject({
      context: undefined,
      protocol: '',
      remoteAddress: '192.0.2.1',
      bufferedAmount: 5,
      isOpen: true,
    })
    transport.end()
    expect(connection.isOpen).toBe(false)
  })

  test('can await the end, whatever it is', async () => {
    const { connection, transport } = setUpIdle()
    transport.end('lost')
    expect(await connection.closed).toEqual({
      code: 1006,
      reason: '',
      wasClean: false,
      cause: 'lost',
    })
  })
})

describe('the receive buffer', () => {
  const half = 'x'.repeat(372) // 500 bytes with the overhead of a message

  test('stops the reading at its mark', () => {
    const { transport } = setUpIdle({ receiveBufferSize: 1_000 })
    transport.receive(half)
    expect(transport.isPaused).toBe(false)
    transport.receive(half)
    expect(transport.isPaused).toBe(true)
  })

  test('reads on once it is half empty', async () => {
    const { transport, messages } = setUpIdle({ receiveBufferSize: 1_000 })
    for (let i = 0; i < 3; i++) transport.receive(half)
    await messages.next()
    expect(transport.isPaused).toBe(true)
    await messages.next()
    expect(transport.isPaused).toBe(false)
  })

  test('takes what still comes after the pause, and loses nothing', async () => {
    const { transport, messages } = setUpIdle({ receiveBufferSize: 100 })
    for (let i = 0; i < 5; i++) transport.receive(`${i}`)
    for (let i = 0; i < 5; i++) {
      expect(await messages.next()).toEqual({ done: false, value: `${i}` })
    }
    expect(transport.isPaused).toBe(false)
  })

  test('counts nothing that somebody waits for', async () => {
    const { transport, messages } = setUpIdle({ receiveBufferSize: 100 })
    const waiting = messages.next()
    transport.receive('x'.repeat(1_000))
    await waiting
    expect(transport.callNames).toEqual([])
  })

  test('that is full closes with slow-consumer where reading cannot be paused', async () => {
    const { transport, messages } = setUpIdle({
      receiveBufferSize: 1_000,
      transport: { lacks: ['pause'] },
    })
    const first = messages.next()
    for (let i = 0; i < 3; i++) transport.receive(half)
    expect(transport.closeFrame?.code).toBe(1008)
    transport.end('lost')
    await first
    await messages.next()
    await messages.next()
    expect(await outcome(messages.next())).toMatchObject({ event: { cause: 'slow-consumer' } })
  })

  test('takes one message of any size where reading cannot be paused', () => {
    const { transport } = setUpIdle({ receiveBufferSize: 100, transport: { lacks: ['pause'] } })
    transport.receive('x'.repeat(1_000))
    expect(transport.calls).toEqual([])
    transport.receive('x')
    expect(transport.closeFrame?.code).toBe(1008)
  })

  test('of a full session excuses the silence that comes of it', () => {
    const { clock, transport, events } = setUpIdle({ receiveBufferSize: 100 })
    transport.receive('x'.repeat(100))
    clock.advance(20 * X)
    expect(events).toEqual([])
  })
})

describe('the error of a closed connection', () => {
  test('says how it ended', () => {
    const event = { code: 4001, reason: 'enough', wasClean: true, cause: 'client' } as const
    expect(new ConnectionClosedError(event).message).toBe(
      'The connection has ended: cause client, code 4001, reason "enough".',
    )
    expect(new ConnectionClosedError({ ...event, reason: '' }).message).toBe(
      'The connection has ended: cause client, code 4001.',
    )
  })
})

describe('echoLoop', () => {
  test('sends back what came and reads no faster than it can write', async () => {
    const endpoint = createEndpoint({
      clock: new ManualClock(),
      session: echoLoop(),
      receiveBufferSize: 100,
    })
    const transport = connect(endpoint)
    transport.receive('a')
    await nextTurn()
    transport.result = 'queued'
    for (const text of ['b', 'c', 'd']) transport.receive(text)
    await nextTurn()
    expect(transport.sent).toEqual(['a', 'b'])
    expect(transport.isPaused).toBe(true)
    transport.drain()
    await nextTurn()
    expect(transport.sent).toEqual(['a', 'b', 'c', 'd'])
    expect(transport.isPaused).toBe(false)
  })
})
