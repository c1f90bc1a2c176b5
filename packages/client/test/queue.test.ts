import { describe, expect, test } from 'vitest'
import { FakeWebSocket, nextAttempt, setUp } from './one-socket.ts'

describe('the queue', () => {
  test('takes time in proportion to the number of messages', () => {
    const few = 25_000
    const many = 4 * few
    // The first one warms up.
    const [, shorter = 0, longer = 0] = [few, few, many].map((count) =>
      Math.min(...[1, 2].map(() => timeToSend(count))),
    )
    // 4 times as long, and 16 times if each message had to pass all others.
    expect(longer).toBeLessThan(10 * shorter)
  })

  test('can be cleared, and gives back what waited', () => {
    const { socket } = setUp({ maxQueueSize: 2 * 65 })
    socket.send('a')
    socket.send(Uint8Array.of(1))
    expect(socket.clearQueue()).toEqual(['a', Uint8Array.of(1)])
    expect(socket.clearQueue()).toEqual([])
    expect(socket.bufferedAmount).toBe(0)
    socket.send('b')
    socket.send('c')
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual(['b', 'c'])
  })
})

describe('a message that expires', () => {
  test('is sent while its time is not over', () => {
    const { clock, socket, expired } = setUp({ connectTimeout: 5_000 })
    socket.send('a', { expiresAfter: 1_000 })
    clock.advance(999)
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual(['a'])
    expect(expired).toEqual([])
  })

  test('is told of afterwards, and the others are sent in order', () => {
    const { clock, socket, told, expired } = setUp()
    socket.send('a')
    socket.send('b', { expiresAfter: 1_000 })
    socket.send('c', { expiresAfter: 2_000 })
    socket.send('d')
    clock.advance(1_000)
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual(['a', 'c', 'd'])
    expect(expired).toEqual(['b'])
    expect(told).toEqual(['expired', 'open'])
  })

  test('is told of with the next status, also while there is no connection', async () => {
    const { clock, socket, expired } = setUp()
    FakeWebSocket.last.open().end()
    socket.send('a', { expiresAfter: 1 })
    clock.advance(1)
    await nextAttempt({ clock, socket })
    expect(expired).toEqual(['a'])
    expect(socket.bufferedAmount).toBe(0)
  })

  test('makes room for another one', () => {
    const { clock, socket, expired } = setUp({ maxQueueSize: 65 })
    socket.send('a', { expiresAfter: 1_000 })
    expect(() => socket.send('b')).toThrow('The queue is full')
    clock.advance(1_000)
    socket.send('c')
    expect(expired).toEqual(['a'])
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual(['c'])
  })

  test('is sent at once where there is a connection', () => {
    const { clock, socket, expired } = setUp()
    FakeWebSocket.last.open()
    socket.send('a', { expiresAfter: 1 })
    clock.advance(10)
    expect([FakeWebSocket.last.sent, expired]).toEqual([['a'], []])
  })

  test('has a time of whole milliseconds, from 1', () => {
    const { socket } = setUp()
    expect(() => socket.send('a', { expiresAfter: 0 })).toThrow(
      'expiresAfter must be a whole number from 1 to 2,147,483,647, got 0.',
    )
  })
})

/** Milliseconds that it takes to queue so many messages and to send them all. */
function timeToSend(count: number): number {
  const { socket } = setUp({ maxQueueSize: 2 ** 31 - 1 })
  const from = performance.now()
  for (let i = 0; i < count; i++) socket.send('a')
  FakeWebSocket.last.open()
  const time = performance.now() - from
  expect(FakeWebSocket.last.sent).toHaveLength(count)
  return time
}
