import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { FakeWebSocket, nextAttempt, setUp, X } from './one-socket.ts'

describe('send without a connection', () => {
  test('keeps the messages, in order, until there is one', async () => {
    const { clock, socket } = setUp()
    socket.send('a')
    FakeWebSocket.last.open()
    FakeWebSocket.last.end()
    socket.send('b')
    await nextAttempt({ clock, socket })
    socket.send('c')
    FakeWebSocket.last.open()
    expect(FakeWebSocket.made.map(({ sent }) => sent)).toEqual([['a'], ['b', 'c']])
    expect(socket.bufferedAmount).toBe(0)
  })

  test('lets what a listener of open sends go first', () => {
    const { socket } = setUp()
    socket.send('queued')
    socket.onopen = () => socket.send('sign in')
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual(['sign in', 'queued'])
  })

  test('copies bytes, whose memory may be used again', () => {
    const { socket } = setUp()
    const bytes = Uint8Array.of(0, 1, 2, 3)
    socket.send(bytes.subarray(1, 3))
    socket.send(bytes.buffer)
    bytes.fill(9)
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual([Uint8Array.of(1, 2), Uint8Array.of(0, 1, 2, 3)])
  })

  test('throws beyond maxQueueSize, each message counting 64 bytes more', () => {
    const { socket } = setUp({ maxQueueSize: 2 * 64 + 5 })
    socket.send('éé')
    socket.send('a')
    expect(socket.bufferedAmount).toBe(5)
    expect(() => socket.send('')).toThrow(RangeError)
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual(['éé', 'a'])
    socket.send('connected')
  })

  test('always throws where maxQueueSize is 0', () => {
    const { socket } = setUp({ maxQueueSize: 0 })
    expect(() => socket.send('')).toThrow(
      'The queue is full (maxQueueSize is 0). Wait for the open event.',
    )
  })

  test('does nothing after close', () => {
    const { socket } = setUp()
    FakeWebSocket.last.open()
    socket.close()
    socket.send('late')
    FakeWebSocket.last.end(1000)
    socket.send('later')
    expect(FakeWebSocket.last.sent).toEqual([])
  })

  test('keeps what a connection that has begun to close would discard', async () => {
    const { clock, socket } = setUp()
    const connection = FakeWebSocket.last.open()
    connection.readyState = 2
    socket.send('a')
    connection.end()
    await nextAttempt({ clock, socket })
    FakeWebSocket.last.open()
    expect(FakeWebSocket.made.map(({ sent }) => sent)).toEqual([[], ['a']])
  })
})

describe('what is sent', () => {
  const bytes = Uint8Array.of(9, 1, 2, 9)
  const shared = new Uint8Array(new SharedArrayBuffer(2))
  shared.set([1, 2])

  test.each([
    ['an ArrayBuffer', Uint8Array.of(1, 2).buffer],
    ['a part of one', bytes.subarray(1, 3)],
    ['a DataView', new DataView(bytes.buffer, 1, 2)],
    ['a view of other numbers', new Uint16Array(Uint8Array.of(1, 2).buffer)],
    ['a SharedArrayBuffer', shared.buffer],
    ['a view of shared memory', shared],
    ['bytes of another realm', runInNewContext('Uint8Array.of(1, 2).buffer')],
  ])('is %s, with and without a connection', (_name, data) => {
    const { socket } = setUp()
    socket.send(data)
    FakeWebSocket.last.open()
    socket.send(data)
    const { sent } = FakeWebSocket.last
    expect(sent).toEqual([Uint8Array.of(1, 2), Uint8Array.of(1, 2)])
    for (const message of sent) {
      expect(message instanceof Uint8Array && message.buffer).toBeInstanceOf(ArrayBuffer)
    }
  })

  test('is a Blob, and counts with its size', () => {
    const { socket } = setUp()
    const blob = new Blob(['abc'])
    socket.send(blob)
    expect(socket.bufferedAmount).toBe(3)
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual([blob])
  })

  test.each([null, undefined, 5, true, {}, [1], new Date(0), new Response('')])(
    'is never %s, with or without a connection',
    (data) => {
      const { socket } = setUp()
      // The types forbid it. JavaScript can do it.
      const send = () => socket.send(data as unknown as string)
      const refusal = `data must be a string, bytes or a Blob, got ${data}.`
      expect(send).toThrow(new TypeError(refusal))
      FakeWebSocket.last.open()
      expect(send).toThrow(new TypeError(refusal))
      expect(FakeWebSocket.last.sent).toEqual([])
    },
  )
})

const confirming = { heartbeatMessage: 'beat', keepAliveInterval: X, maxUnconfirmedSize: 1_000 }

describe('a message of uncertain fate', () => {
  test('is told when the connection is lost, one by one, and is not sent again', async () => {
    const { clock, socket, uncertain } = setUp(confirming)
    const connection = FakeWebSocket.last.open()
    const bytes = Uint8Array.of(1)
    socket.send('a')
    socket.send(bytes)
    bytes.fill(9)
    expect(uncertain).toEqual([])
    connection.end()
    expect(uncertain).toEqual(['a', Uint8Array.of(1)])
    await nextAttempt({ clock, socket })
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual([])
  })

  test('is one that was sent after the last heartbeat that was answered', () => {
    const { clock, socket, uncertain } = setUp(confirming)
    const connection = FakeWebSocket.last.open()
    socket.send('before')
    clock.advance(X)
    socket.send('between')
    connection.receive('beat')
    socket.send('after')
    connection.end()
    expect(uncertain).toEqual(['between', 'after'])
  })

  test('stays one when the server only speaks of other things', () => {
    const { clock, socket, uncertain } = setUp(confirming)
    const connection = FakeWebSocket.last.open()
    socket.send('a')
    connection.receive('beat')
    clock.advance(X)
    connection.receive('b').end()
    expect(uncertain).toEqual(['a'])
  })

  test('is asked about after X, however much is said', () => {
    const { clock, socket } = setUp(confirming)
    const connection = FakeWebSocket.last.open()
    for (let i = 0; i < 4; i++) {
      socket.send('a')
      connection.receive('b')
      clock.advance(X / 4)
    }
    expect(connection.sent.at(-1)).toBe('beat')
  })

  test('is asked about at once where half the room is taken', () => {
    const { socket } = setUp(confirming)
    const connection = FakeWebSocket.last.open()
    for (let i = 0; i < 8; i++) socket.send('')
    expect(connection.sent).toEqual(['', '', '', '', '', '', '', '', 'beat'])
    for (let i = 0; i < 100; i++) socket.send('')
    expect(connection.sent.filter((data) => data === 'beat')).toHaveLength(1)
  })

  test('is counted where there was no room to keep it, the oldest first', () => {
    const { socket, uncertain } = setUp({ ...confirming, maxUnconfirmedSize: 3 * 65 })
    const connection = FakeWebSocket.last.open()
    for (const data of ['a', 'b', 'c', 'd', 'e']) socket.send(data)
    socket.send('x'.repeat(1_000))
    connection.end()
    expect(socket.status).toMatchObject({ forgotten: 6 })
    expect(uncertain).toEqual([])
  })

  test('is no more counted once an answer has confirmed it', () => {
    const { clock, socket } = setUp({ ...confirming, maxUnconfirmedSize: 64 })
    const connection = FakeWebSocket.last.open()
    socket.send('longer than there is room')
    clock.advance(X)
    connection.receive('beat').end()
    expect(socket.status).toMatchObject({ forgotten: 0 })
  })

  test('is told also at the end, before the close event', async () => {
    const { socket, told } = setUp(confirming)
    const connection = FakeWebSocket.last.open()
    socket.send('a')
    connection.end(1000)
    await Promise.resolve()
    expect(told).toEqual(['open', 'uncertain', 'close'])
  })

  test('is asked about by close, and confirmed by an answer that still comes', () => {
    const { socket, uncertain } = setUp(confirming)
    const connection = FakeWebSocket.last.open()
    socket.send('a')
    socket.close()
    expect(connection.sent).toEqual(['a', 'beat'])
    connection.receive('beat').end(1000)
    expect(uncertain).toEqual([])
  })

  test('can be sent again from within the event', async () => {
    const { clock, socket } = setUp(confirming)
    const connection = FakeWebSocket.last.open()
    socket.onuncertain = ({ data }) => socket.send(data)
    socket.send('a')
    connection.end()
    await nextAttempt({ clock, socket })
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual(['a'])
  })

  test('is none where that is off, which is the default', () => {
    const { socket, uncertain } = setUp({ heartbeatMessage: 'beat' })
    const connection = FakeWebSocket.last.open()
    socket.send('a')
    connection.end()
    expect(uncertain).toEqual([])
    expect(socket.status).toMatchObject({ forgotten: 0 })
  })
})
