import { describe, expect, test } from 'vitest'
import { FakeWebSocket, setUp, X } from './one-socket.ts'

const beating = { heartbeatMessage: 'beat', keepAliveInterval: X }

describe('the heartbeat', () => {
  test('is sent every X, and its answer is kept from the application', () => {
    const { clock, messages, socket } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    for (let beats = 1; beats <= 3; beats++) {
      clock.advance(X - 10)
      expect(connection.sent).toHaveLength(beats - 1)
      clock.advance(10)
      expect(connection.sent).toHaveLength(beats)
      connection.receive('beat')
    }
    expect(messages).toEqual([])
    expect(socket.status.state).toBe('open')
  })

  test('is not sent while both sides talk', () => {
    const { clock, socket } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    for (let i = 0; i < 10; i++) {
      clock.advance(X / 2)
      socket.send('a')
      connection.receive('b')
    }
    expect(connection.sent).not.toContain('beat')
  })

  test('asks a server that is silent while this side talks', () => {
    const { clock, socket } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    for (let i = 0; i < 3; i++) {
      clock.advance(X / 2)
      socket.send('a')
    }
    expect(connection.sent).toContain('beat')
  })

  test('tells the round-trip time, in a new status', () => {
    const { clock, socket, statuses } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    clock.advance(X + 70)
    connection.receive('beat')
    expect(socket.status).toMatchObject({ state: 'open', roundTripTime: 70 })
    expect(statuses.map(({ roundTripTime }) => roundTripTime)).toEqual([undefined, 70])
    expect(Object.isFrozen(socket.status)).toBe(true)
  })

  test('declares a silent server dead after 2X, and does not wait for it', () => {
    const { clock, socket, messages } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    clock.advance(2 * X - 1)
    expect(socket.status.state).toBe('open')
    clock.advance(1)
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'heartbeat', code: 1006 })
    expect(connection.closes).toHaveLength(1)
    connection.receive('too late')
    expect(messages).toEqual([])
  })

  test('takes any message for a sign of life, also where none is sent', () => {
    const { clock, socket } = setUp({ serverTimeout: 2 * X })
    const connection = FakeWebSocket.last.open()
    for (let i = 0; i < 5; i++) {
      clock.advance(2 * X - 1)
      connection.receive('tick')
    }
    expect(connection.sent).toEqual([])
    clock.advance(2 * X)
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'heartbeat' })
  })

  test('gives up nobody where serverTimeout is 0', () => {
    const { clock, socket } = setUp({ ...beating, serverTimeout: 0 })
    const connection = FakeWebSocket.last.open()
    clock.advance(10 * X)
    expect(connection.sent).toHaveLength(10)
    expect(socket.status.state).toBe('open')
  })

  test('is off by default', () => {
    const { clock, messages } = setUp()
    const connection = FakeWebSocket.last.open()
    clock.advance(1_000_000)
    connection.receive('beat')
    expect(connection.sent).toEqual([])
    expect(messages).toEqual(['beat'])
  })

  test('message is not for the application to send', () => {
    const { socket } = setUp(beating)
    FakeWebSocket.last.open()
    expect(() => socket.send('beat')).toThrow('heartbeatMessage')
  })
})

describe('a page that was frozen', () => {
  test('asks once more, and lives when it is answered', () => {
    const { clock, socket } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    clock.jump(100 * X)
    expect(connection.sent).toEqual(['beat'])
    clock.advance(X - 1)
    expect(socket.status.state).toBe('open')
    connection.receive('beat')
    clock.advance(X)
    connection.receive('beat')
    clock.advance(X)
    expect(socket.status.state).toBe('open')
  })

  test('gives a server that was asked late the time to answer', () => {
    const { clock, socket, statuses } = setUp(beating)
    FakeWebSocket.last.open()
    clock.jump(1.9 * X)
    clock.advance(X - 1)
    expect(socket.status.state).toBe('open')
    clock.advance(1)
    expect(statuses).toContainEqual(expect.objectContaining({ cause: 'heartbeat' }))
  })

  test('notices a dead server X after it woke', () => {
    const { clock, statuses } = setUp(beating)
    FakeWebSocket.last.open()
    clock.jump(100 * X)
    clock.advance(X)
    expect(statuses).toContainEqual(expect.objectContaining({ cause: 'heartbeat' }))
  })

  test('whose timers are slowed to one in 60 X keeps a living server', () => {
    const { clock, socket } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    for (let i = 0; i < 10; i++) {
      clock.jump(60 * X)
      connection.receive('beat')
    }
    expect(socket.status).toMatchObject({ state: 'open', losses: 0 })
    expect(connection.sent).toHaveLength(10)
  })

  test('whose timers are slowed to one in 60 X notices a dead one at the second', () => {
    const { clock, socket, statuses } = setUp(beating)
    FakeWebSocket.last.open()
    clock.jump(60 * X)
    expect(socket.status.state).toBe('open')
    clock.jump(60 * X)
    expect(statuses).toContainEqual(expect.objectContaining({ cause: 'heartbeat' }))
  })
})

describe('a message that is too large for the line', () => {
  test('is a sign of life while the network takes some of it', () => {
    const { clock, socket } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    socket.send('large')
    for (connection.bufferedAmount = 100; connection.bufferedAmount > 0; ) {
      clock.advance(X)
      connection.bufferedAmount -= 10
    }
    expect(socket.status.state).toBe('open')
    clock.advance(2 * X)
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'heartbeat' })
  })

  test('is one also while more is sent', () => {
    const { clock, socket } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    connection.bufferedAmount = 100
    for (let i = 0; i < 10; i++) {
      clock.advance(X)
      connection.bufferedAmount -= 10
      socket.send('more')
      connection.bufferedAmount += 20
    }
    expect(socket.status.state).toBe('open')
  })

  test('is none where the network takes nothing', () => {
    const { clock, socket } = setUp({ serverTimeout: 2 * X })
    const connection = FakeWebSocket.last.open()
    socket.send('large')
    connection.bufferedAmount = 100
    clock.advance(2 * X)
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'heartbeat' })
  })

  test('is none where it waited for a moment only, as to a dead server', () => {
    const { clock, socket } = setUp(beating)
    const connection = FakeWebSocket.last.open()
    for (let i = 0; i < 2; i++) {
      // What was sent in the same turn still waits when the heartbeat looks.
      connection.bufferedAmount = 5
      clock.advance(X)
      connection.bufferedAmount = 0
      if (i === 0) socket.send('small')
    }
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'heartbeat' })
  })

  test('is none where it went out at once, as to a dead server', () => {
    const { clock, socket } = setUp({ ...beating })
    const connection = FakeWebSocket.last.open()
    for (let i = 0; i < 8; i++) {
      clock.advance(X / 4)
      connection.bufferedAmount = 5
      socket.send('small')
      connection.bufferedAmount = 0
    }
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'heartbeat' })
  })
})
