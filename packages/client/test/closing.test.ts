import { describe, expect, test } from 'vitest'
import { TerminableWebSocket } from './fake-web-socket.ts'
import { FakeWebSocket, settle, setUp } from './one-socket.ts'

describe('close', () => {
  test('is a closing handshake where there is a connection, and the last that is told', async () => {
    const { socket, told, messages } = setUp()
    const connection = FakeWebSocket.last.open()
    socket.close(4001, 'bye')
    expect(connection.closes).toEqual([[4001, 'bye']])
    expect(socket.status.state).toBe('closing')
    expect(socket.readyState).toBe(socket.CLOSING)
    connection.receive('late')
    connection.end(4001, { reason: 'bye' })
    expect(socket.status).toMatchObject({ state: 'closed', cause: 'client', code: 4001 })
    connection.receive('later')
    await settle()
    expect(messages).toEqual([])
    expect(told).toEqual(['open', 'close'])
  })

  test('does not wait for ever for the answer', async () => {
    const { clock, socket, told } = setUp({ closeTimeout: 300 })
    FakeWebSocket.last.open()
    socket.close()
    clock.advance(300)
    expect(socket.status).toMatchObject({ state: 'closed', cause: 'client', code: 1006 })
    await settle()
    expect(told).toEqual(['open', 'close'])
    expect(clock.pending).toBe(0)
  })

  test.each(['while it connects', 'while it waits'])('%s ends the socket at once', async (when) => {
    const { clock, socket, told } = setUp()
    if (when === 'while it waits') FakeWebSocket.last.end()
    socket.close()
    expect(socket.status).toMatchObject({ state: 'closed', cause: 'client' })
    expect(told).toEqual([])
    await settle()
    expect(told).toEqual(['close'])
    expect(clock.pending).toBe(0)
    expect(FakeWebSocket.made).toHaveLength(1)
  })

  test('a second time does nothing', async () => {
    const { socket, told } = setUp()
    socket.close()
    socket.close()
    await settle()
    expect(told).toEqual(['close'])
  })

  test.each([
    [999, '', 'code must be 1000 or 3000 to 4999, got 999.'],
    [1001, '', 'got 1001.'],
    [5000, '', 'got 5000.'],
    [3000.5, '', 'got 3000.5.'],
    ['4000', '', 'code must be 1000 or 3000 to 4999, got "4000".'],
    [3000, 'é'.repeat(62), 'reason must be up to 123 bytes, got 124.'],
    [3000, {}, 'reason must be up to 123 bytes, got [object Object].'],
  ])('refuses %j, %j, and leaves the socket as it was', (code, reason, words) => {
    const { socket } = setUp()
    const close = () => socket.close(code as number, reason as string)
    expect(close).toThrow(TypeError)
    expect(close).toThrow(words)
    expect(socket.status.state).toBe('connecting')
    expect(FakeWebSocket.last.closes).toEqual([])
  })

  test('tells what was never sent', () => {
    const { socket } = setUp()
    socket.send('a')
    socket.close()
    expect(socket.status).toMatchObject({ state: 'closed', unsent: ['a'] })
  })

  test('event holds code, reason and whether it was clean', async () => {
    const { socket } = setUp()
    const events: unknown[] = []
    socket.onclose = ({ type, code, reason, wasClean }) => {
      events.push({ type, code, reason, wasClean })
    }
    FakeWebSocket.last.open().end(1008, { reason: 'no' })
    await settle()
    expect(events).toEqual([{ type: 'close', code: 1008, reason: 'no', wasClean: true }])
  })
})

describe('a connection whose server does not end it', () => {
  test('is terminated where the class can, after closeTimeout', () => {
    const { clock, socket } = setUp({ WebSocket: TerminableWebSocket, closeTimeout: 300 })
    const connection = FakeWebSocket.last.open()
    socket.close()
    clock.advance(299)
    expect(TerminableWebSocket.terminated).not.toContain(connection)
    clock.advance(1)
    expect(TerminableWebSocket.terminated).toContain(connection)
    expect(socket.status).toMatchObject({ state: 'closed', cause: 'client' })
  })

  test.each(['while it connects', 'when it is silent', 'when it is made anew'])(
    'is terminated %s, too',
    (when) => {
      const { clock, socket } = setUp({ WebSocket: TerminableWebSocket, serverTimeout: 100 })
      const connection = FakeWebSocket.last
      if (when === 'while it connects') socket.close()
      else connection.open()
      if (when === 'when it is silent') clock.advance(100)
      else socket.reconnect()
      expect(TerminableWebSocket.terminated).toContain(connection)
    },
  )

  test('is left closeTimeout after it was seen to close', async () => {
    const { clock, socket } = setUp({ closeTimeout: 7_000 })
    const connection = FakeWebSocket.last.open()
    connection.readyState = 2
    clock.advance(5_000 + 6_999)
    expect(socket.status.state).toBe('open')
    clock.advance(1)
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'lost', code: 1006 })
  })

  test('tells its close code where it ends in time', () => {
    const { clock, socket } = setUp({ closeTimeout: 7_000 })
    const connection = FakeWebSocket.last.open()
    connection.readyState = 2
    clock.advance(5_000 + 6_999)
    connection.end(4000)
    expect(socket.status).toMatchObject({ state: 'closed', cause: 'server', code: 4000 })
    expect(clock.pending).toBe(0)
  })
})

describe('the signal', () => {
  test('closes the socket when it aborts', () => {
    const controller = new AbortController()
    const { socket } = setUp({ signal: controller.signal })
    FakeWebSocket.last.open()
    controller.abort()
    expect(socket.status.state).toBe('closing')
  })

  test('that has aborted already lets no attempt be made', async () => {
    const { socket, told, clock } = setUp({ signal: AbortSignal.abort() })
    expect(FakeWebSocket.made).toEqual([])
    expect(socket.status).toMatchObject({ state: 'closed', cause: 'client' })
    await settle()
    expect(told).toEqual(['close'])
    expect(clock.pending).toBe(0)
  })
})

test('disposal closes the socket, and waits for its end', async () => {
  const { socket, told } = setUp()
  const connection = FakeWebSocket.last.open()
  const disposed = socket[Symbol.asyncDispose]().then(() => told.push('disposed'))
  await settle()
  expect(told).toEqual(['open'])
  connection.end(1000)
  await disposed
  expect(told).toEqual(['open', 'close', 'disposed'])
  await socket[Symbol.asyncDispose]()
})
