import { describe, expect, test } from 'vitest'
import { FakeWebSocket, nextAttempt, settle, setUp } from './one-socket.ts'

describe('reconnect', () => {
  test('closes an open connection and makes another one, which is no loss', async () => {
    const { socket, told, statuses } = setUp()
    const first = FakeWebSocket.last.open()
    socket.reconnect()
    expect(first.closes).toEqual([[]])
    first.end(1000)
    await settle()
    FakeWebSocket.last.open()
    expect(FakeWebSocket.made).toHaveLength(2)
    expect(statuses.map(({ state }) => state)).toEqual(['open', 'connecting', 'open'])
    expect(told).toEqual(['open', 'open'])
    expect(socket.status).toMatchObject({ losses: 0 })
  })

  test('reports what an open connection has not confirmed', () => {
    const { socket, uncertain } = setUp({ heartbeatMessage: 'beat', maxUnconfirmedSize: 1_000 })
    FakeWebSocket.last.open()
    socket.send('a')
    socket.reconnect()
    expect(uncertain).toEqual(['a'])
  })

  test('ends the waiting, and begins a new count', async () => {
    const { clock, socket } = setUp()
    for (let i = 0; i < 3; i++) {
      FakeWebSocket.last.end()
      await nextAttempt({ clock, socket })
    }
    FakeWebSocket.last.end()
    socket.reconnect()
    expect(socket.status).toMatchObject({ state: 'connecting', attempt: 1 })
    await settle()
    expect(FakeWebSocket.made).toHaveLength(5)
  })

  test('replaces an attempt', async () => {
    const { socket } = setUp()
    const first = FakeWebSocket.last
    socket.reconnect()
    await settle()
    expect(first.closes).toHaveLength(1)
    first.open()
    expect(socket.status.state).toBe('connecting')
    FakeWebSocket.last.open()
    expect(socket.status.state).toBe('open')
  })

  test('begins a socket anew that has ended, with an empty queue', async () => {
    const { socket, told, clock } = setUp()
    socket.send('a')
    socket.close()
    expect(socket.status).toMatchObject({ state: 'closed', unsent: ['a'] })
    await settle()
    socket.reconnect()
    socket.send('b')
    await settle()
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual(['b'])
    FakeWebSocket.last.end(1000)
    await settle()
    expect(told).toEqual(['close', 'open', 'close'])
    expect(clock.pending).toBe(0)
  })

  test('gives up a closing handshake', async () => {
    const { socket, told } = setUp()
    FakeWebSocket.last.open()
    socket.close()
    socket.reconnect()
    await settle()
    FakeWebSocket.last.open()
    expect(told).toEqual(['open', 'open'])
  })

  test('does nothing once the signal has aborted', () => {
    const { socket } = setUp({ signal: AbortSignal.abort() })
    socket.reconnect()
    expect(socket.status.state).toBe('closed')
  })

  test('hears of the signal again', async () => {
    const controller = new AbortController()
    const { socket } = setUp({ signal: controller.signal })
    socket.close()
    socket.reconnect()
    controller.abort()
    expect(socket.status.state).toBe('closed')
  })
})

describe('a socket that starts closed', () => {
  test('tells nothing, and has no timer and no connection', async () => {
    const { socket, told, clock } = setUp({ startClosed: true })
    await settle()
    expect(socket.status).toMatchObject({
      state: 'closed',
      cause: 'client',
      unsent: [],
      failures: 0,
    })
    expect(socket.readyState).toBe(socket.CLOSED)
    expect(told).toEqual([])
    expect(clock.pending).toBe(0)
    expect(FakeWebSocket.made).toEqual([])
  })

  test('connects when it is told to', async () => {
    const { socket, told } = setUp({ startClosed: true })
    socket.send('too early')
    socket.reconnect()
    socket.send('a')
    await settle()
    FakeWebSocket.last.open()
    expect(FakeWebSocket.last.sent).toEqual(['a'])
    socket.close()
    FakeWebSocket.last.end(1000)
    await settle()
    expect(told).toEqual(['open', 'close'])
  })

  test('can be made where there is no WebSocket', async () => {
    const { socket } = setUp({ startClosed: true, WebSocket: undefined as never })
    expect(socket.status.state).toBe('closed')
    const global: { WebSocket?: unknown } = globalThis
    if (global.WebSocket !== undefined) return
    socket.reconnect()
    await settle()
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'url' })
    socket.close()
  })
})
