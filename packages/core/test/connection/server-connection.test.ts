import { describe, expect, test, vi } from 'vitest'
import { setUp } from '../support/one-connection.ts'

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

  test('shows who it is and no more when it is printed', () => {
    const { connection } = setUp()
    const shown = {
      id: connection.id,
      protocol: '',
      params: {},
      remoteAddress: connection.remoteAddress,
    }
    expect(JSON.parse(JSON.stringify(connection))).toEqual(shown)
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
    [5, 'got 5.'],
    [null, 'got null.'],
    [undefined, 'got undefined.'],
    [{}, 'got an object. Convert other values first, for example with JSON.stringify.'],
    [
      new SharedArrayBuffer(1),
      'a Uint8Array, an ArrayBuffer or a prepared message, got an object.',
    ],
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

describe('flush', () => {
  test('asks the transport', () => {
    const { connection, transport } = setUp()
    connection.send('hello')
    connection.flush()
    expect(transport.callNames).toEqual(['send', 'flush'])
  })

  test('does nothing once the connection closes', () => {
    const { connection, transport } = setUp()
    connection.close()
    connection.flush()
    transport.end()
    connection.flush()
    expect(transport.callNames).toEqual(['close'])
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

  test.each([
    ['bytes', false],
    ['a string', true],
  ])('the size of text that came as %s is its bytes', (_what, hasStrings) => {
    const { transport, messages } = setUp({ maxMessageSize: 10, transport: { hasStrings } })
    transport.receive('€€€')
    transport.receive('0123456789')
    expect(messages).toEqual(['€€€', '0123456789'])
    transport.receive('€€€€')
    expect(transport.closeFrame?.code).toBe(1009)
  })

  test('a text that came as a string is counted when its session has returned', () => {
    const counted: number[] = []
    const { endpoint, transport } = setUp({
      transport: { hasStrings: true },
      session: { message: () => counted.push(byteLength.mock.calls.length) },
    })
    const byteLength = vi.spyOn(transport, 'byteLength')
    transport.receive('grüße')
    expect(counted).toEqual([0])
    expect(endpoint.stats().received).toEqual({ messages: 1, bytes: 7 })
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
    const { connection, transport } = setUp({ transport: { lacks: ['pause'] } })
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

describe('the cap on what waits', () => {
  test('holds for the answers to pings as well, which the engine sends by itself', async () => {
    const { transport, events } = setUp({ maxBufferedAmount: 1_000 })
    transport.setBufferedAmount(1_000)
    transport.pinged()
    expect(transport.closeFrame).toBeUndefined()
    transport.setBufferedAmount(1_001)
    transport.pinged()
    expect(transport.closeFrame?.code).toBe(1008)
    transport.end()
    expect(events).toMatchObject([{ cause: 'slow-consumer' }])
  })

  test('ends who goes on pinging while it is closed for that', () => {
    const { transport, events } = setUp({ maxBufferedAmount: 1_000 })
    transport.setBufferedAmount(1_001)
    transport.pinged()
    expect(transport.isOver).toBe(false)
    transport.pinged()
    expect(transport.isOver).toBe(true)
    expect(events).toMatchObject([{ cause: 'slow-consumer', code: 1008 }])
  })
})
