import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Loss } from '../src/status.ts'
import { FakeWebSocket, nextAttempt, settle, setUp } from './one-socket.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('after a loss', () => {
  test('a socket waits, tells when and why, and connects again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const { clock, socket, told } = setUp({ baseDelay: 100 })
    FakeWebSocket.last.open().end(1012, { reason: 'restart' })
    expect(socket.status).toEqual({
      state: 'waiting',
      retryAt: clock.now() + 50,
      cause: 'server',
      code: 1012,
      reason: 'restart',
      wasClean: true,
      error: undefined,
      failures: 1,
      forgotten: 0,
      roundTripTime: undefined,
      losses: 1,
      downtime: 0,
    })
    expect(socket.readyState).toBe(socket.CONNECTING)
    clock.advance(49)
    expect(FakeWebSocket.made).toHaveLength(1)
    clock.advance(1)
    expect(socket.status).toMatchObject({ state: 'connecting', attempt: 2 })
    await settle()
    FakeWebSocket.last.open()
    expect(FakeWebSocket.made).toHaveLength(2)
    expect(told).toEqual(['open', 'open'])
  })

  test.each([0, undefined])('whose close event has the code %s, it connects again', (code) => {
    const { socket } = setUp()
    FakeWebSocket.last.open().endWith({ code, reason: '', wasClean: false })
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'lost', code: 1006 })
  })

  test('that begins with an error, the close event tells how it ended', () => {
    const { socket } = setUp()
    const connection = FakeWebSocket.last.open().fail('invalid frame')
    expect(socket.status.state).toBe('open')
    connection.end(1002)
    expect(socket.status).toMatchObject({ state: 'closed', code: 1002, error: 'invalid frame' })
  })

  test('the time without a connection is summed up', async () => {
    const { clock, socket } = setUp()
    let downtime = 0
    for (let i = 0; i < 2; i++) {
      FakeWebSocket.last.open()
      clock.advance(10)
      FakeWebSocket.last.end()
      const { status } = socket
      if (status.state === 'waiting') downtime += status.retryAt - clock.now()
      await nextAttempt({ clock, socket })
    }
    FakeWebSocket.last.open()
    expect(socket.status.losses).toBe(2)
    expect(socket.status.downtime).toBeCloseTo(downtime)
  })

  test('nothing that the old connection still tells is heard', async () => {
    const { clock, socket, told, messages } = setUp()
    const first = FakeWebSocket.last.open().end()
    await nextAttempt({ clock, socket })
    FakeWebSocket.last.open()
    first.receive('late').end(1000).open()
    expect(messages).toEqual([])
    expect(told).toEqual(['open', 'open'])
  })

  test('one connection that lived for minUptime begins a new count', async () => {
    // Delays in whole milliseconds: a time that has a fraction and minUptime more can be less than that later.
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const minUptime = 3_000
    const { clock, socket } = setUp({ minUptime })
    for (const [life, failures] of [
      [0, 1],
      [minUptime - 1, 2],
      [minUptime, 1],
    ] as const) {
      FakeWebSocket.last.open()
      clock.advance(life)
      FakeWebSocket.last.end()
      expect(socket.status).toMatchObject({ state: 'waiting', failures })
      await nextAttempt({ clock, socket })
    }
  })

  test('a proxy that ends each connection after 25 s costs a second each time, at most', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const { clock, socket } = setUp()
    for (let i = 0; i < 10; i++) {
      FakeWebSocket.last.open()
      clock.advance(25_000)
      FakeWebSocket.last.end()
      await nextAttempt({ clock, socket })
    }
    FakeWebSocket.last.open()
    expect(socket.status).toMatchObject({ losses: 10, downtime: 10_000 })
  })
})

describe('an attempt', () => {
  test('that does not open in time is given up', () => {
    const { clock, socket } = setUp({ connectTimeout: 500 })
    clock.advance(499)
    expect(socket.status.state).toBe('connecting')
    clock.advance(1)
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'timeout' })
    expect(FakeWebSocket.last.closes).toHaveLength(1)
  })

  test.each([
    ['Unexpected server response: 401', 401],
    ["WebSocket connection to 'ws://a/' failed: Expected 101 status code: 403", 403],
    ['NetworkError: failed to connect to WebSocket: Invalid status code: 503', 503],
    ['connect ECONNREFUSED 127.0.0.1:8080', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('that fails with %j has the HTTP status %s', (message, httpStatus) => {
    const shouldReconnect = vi.fn((_loss: Loss) => false)
    const { socket } = setUp({ shouldReconnect })
    FakeWebSocket.last.fail('why', message)
    expect(socket.status).toMatchObject({ state: 'closed', cause: 'lost', code: 1006 })
    expect(shouldReconnect.mock.calls[0]?.[0].httpStatus).toBe(httpStatus)
  })

  test('that fails tells the error of the WebSocket', () => {
    const { socket } = setUp()
    FakeWebSocket.last.end(1006, { error: 'ECONNREFUSED' })
    expect(socket.status).toMatchObject({ cause: 'lost', code: 1006, error: 'ECONNREFUSED' })
    expect(socket.status.losses).toBe(0)
  })

  test('that fails without a close event is over at once, and counts once', () => {
    const { socket, statuses } = setUp()
    const attempt = FakeWebSocket.last.fail('refused')
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'lost', error: 'refused' })
    attempt.end()
    expect(statuses).toHaveLength(1)
    expect(socket.status).toMatchObject({ failures: 1 })
  })

  test('has a URL of its own where a function makes it', async () => {
    let count = 0
    const url = async () => `ws://a.example/${++count}`
    const { clock, socket } = setUp({ url, protocols: ['a', 'b'] })
    expect(socket.url).toBe('')
    await settle()
    FakeWebSocket.last.end()
    await nextAttempt({ clock, socket })
    expect(FakeWebSocket.made.map((made) => made.url)).toEqual([
      'ws://a.example/1',
      'ws://a.example/2',
    ])
    expect(FakeWebSocket.last.protocols).toEqual(['a', 'b'])
    expect(socket.url).toBe('ws://a.example/2')
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('no token'))],
    [
      'throws',
      () => {
        throw new Error('no token')
      },
    ],
  ])('fails when the function for its URL %s', async (_name, url) => {
    const { socket } = setUp({ url })
    await settle()
    expect(socket.status).toMatchObject({
      state: 'waiting',
      cause: 'url',
      error: expect.objectContaining({ message: 'no token' }),
    })
  })

  test('fails when the URL that was made is none', async () => {
    const { socket } = setUp({ url: () => 'wrong' })
    await settle()
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'url' })
  })

  test('has subprotocols of its own where a function makes them', async () => {
    let count = 0
    const protocols = async () => ['chat', `token-${++count}`]
    const { clock, socket } = setUp({ protocols })
    await settle()
    FakeWebSocket.last.end()
    await nextAttempt({ clock, socket })
    expect(FakeWebSocket.made.map((made) => made.protocols)).toEqual([
      ['chat', 'token-1'],
      ['chat', 'token-2'],
    ])
  })

  test('fails when the function for its subprotocols rejects', async () => {
    const { socket } = setUp({ protocols: () => Promise.reject(new Error('no token')) })
    await settle()
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'url' })
    expect(FakeWebSocket.made).toEqual([])
  })

  test.each(['times out', 'is begun anew', 'is closed'])(
    'that %s aborts the signal of those who make its URL and its subprotocols',
    async (how) => {
      const signals: AbortSignal[] = []
      const make = (signal: AbortSignal) => {
        signals.push(signal)
        return new Promise<string>(() => {})
      }
      const { clock, socket } = setUp({ url: make, protocols: make, connectTimeout: 500 })
      await settle()
      const [url, protocols] = signals
      expect([url?.aborted, protocols?.aborted]).toEqual([false, false])
      if (how === 'times out') clock.advance(500)
      else if (how === 'is begun anew') socket.reconnect()
      else socket.close()
      expect([url?.aborted, protocols?.aborted]).toEqual([true, true])
    },
  )

  test('is not dialled with a URL that was made for an earlier one', async () => {
    const resolves: ((url: string) => void)[] = []
    const url = () => new Promise<string>((resolve) => resolves.push(resolve))
    const { socket } = setUp({ url })
    await settle()
    socket.reconnect()
    await settle()
    resolves[1]?.('ws://a.example/new')
    await settle()
    resolves[0]?.('ws://a.example/old')
    await settle()
    expect(FakeWebSocket.made.map((made) => made.url)).toEqual(['ws://a.example/new'])
  })

  test('that was given up is not dialled when its URL comes at last', async () => {
    let resolve = (_url: string): void => {}
    const url = () => new Promise<string>((settled) => (resolve = settled))
    const { clock, socket } = setUp({ url, connectTimeout: 500 })
    await settle()
    clock.advance(500)
    resolve('ws://a.example')
    await settle()
    expect(FakeWebSocket.made).toEqual([])
    expect(socket.status).toMatchObject({ state: 'waiting', cause: 'timeout' })
  })

  test('with a wrong URL that was given as such makes the constructor throw', () => {
    expect(() => setUp({ url: 'wrong' })).toThrow(SyntaxError)
  })
})

describe('the policy', () => {
  test.each([1001, 1005, 1006, 1011, 1012, 1013, 1014])('tries again after %i', (code) => {
    const { socket } = setUp()
    FakeWebSocket.last.open().end(code)
    expect(socket.status.state).toBe('waiting')
  })

  test.each([1000, 1002, 1003, 1007, 1008, 1009, 1010, 1015, 2000, 3000, 4000, 4999])(
    'ends after %i',
    async (code) => {
      const { socket, told } = setUp()
      FakeWebSocket.last.open().end(code, { reason: 'enough' })
      expect(socket.status).toMatchObject({ state: 'closed', cause: 'server', code })
      expect(socket.readyState).toBe(socket.CLOSED)
      await settle()
      expect(told).toEqual(['open', 'close'])
    },
  )

  test('can be another one, which is told of the loss', async () => {
    const shouldReconnect = vi.fn(({ failures }: { failures: number }) => failures < 2)
    const { clock, socket, told } = setUp({ shouldReconnect })
    FakeWebSocket.last.open().end(4000)
    expect(shouldReconnect).toHaveBeenLastCalledWith(expect.objectContaining({ code: 4000 }))
    expect(socket.status.state).toBe('waiting')
    await nextAttempt({ clock, socket })
    FakeWebSocket.last.end()
    await settle()
    expect(socket.status.state).toBe('closed')
    expect(told).toEqual(['open', 'error', 'close'])
  })

  test('may close the socket itself', async () => {
    const { socket, told } = setUp({
      shouldReconnect: () => {
        socket.close()
        return true
      },
    })
    FakeWebSocket.last.open().end()
    await settle()
    expect(socket.status).toMatchObject({ state: 'closed', losses: 1, failures: 1 })
    expect(told).toEqual(['open', 'close'])
  })

  test('may connect at once', async () => {
    const { socket } = setUp({
      shouldReconnect: () => {
        socket.reconnect()
        return true
      },
    })
    FakeWebSocket.last.open().end()
    expect(socket.status.state).toBe('connecting')
    await settle()
    FakeWebSocket.last.open()
    expect(FakeWebSocket.made).toHaveLength(2)
    expect(socket.status.state).toBe('open')
  })

  test('that throws ends the socket', () => {
    const { socket } = setUp({
      shouldReconnect: () => {
        throw new Error('of the application')
      },
    })
    expect(() => FakeWebSocket.last.end()).toThrow('of the application')
    expect(socket.status.state).toBe('closed')
  })
})
