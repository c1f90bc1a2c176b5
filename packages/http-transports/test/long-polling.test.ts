import { describe, expect, test } from 'vitest'
import { type Exchange, settle } from './support/exchange.ts'
import { connectionOf, setUp, withPolls } from './support/world.ts'

describe('long polling', () => {
  test('answers the first poll at once, and the next ones with all that there is', async () => {
    const world = await setUp()
    const first = await world.get().answer()
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Cache-Control': 'no-cache, no-store',
      Pragma: 'no-cache',
      Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
    }
    expect(first.head).toEqual({ status: 200, statusText: 'OK', headers })
    expect(first.body).toBe('')
    const connection = connectionOf(world)
    expect(connection.transport).toBe('long-polling')
    connection.send('a')
    connection.send(new Uint8Array([98]))
    const second = world.get()
    expect(second.head?.headers).toEqual(headers)
    expect(second.body).toBe('ab')
    expect(connection.bufferedAmount).toBe(0)
  })

  test('answers a poll that waits with all that a turn sends', async () => {
    const world = await withPolls()
    const poll = world.get()
    connectionOf(world).send('a')
    connectionOf(world).send('é')
    expect(poll.head).toBeUndefined()
    expect(connectionOf(world).bufferedAmount).toBe(3)
    world.clock.advance(0)
    expect([poll.status, poll.body]).toEqual([200, 'aé'])
  })

  test('answers a poll at once where a session flushes', async () => {
    const world = await withPolls()
    const poll = world.get()
    connectionOf(world).send('a')
    connectionOf(world).flush()
    expect(poll.body).toBe('a')
    world.clock.advance(0)
  })

  test('answers a poll that waits with what was sent before the connection is terminated', async () => {
    const { get, opened } = await setUp()
    await get().answer()
    const poll = get()
    opened[0]?.send('a last one')
    opened[0]?.terminate()
    expect(await poll.answer()).toMatchObject({ head: { status: 200 }, body: 'a last one' })
    expect((await get().answer()).head?.status).toBe(404)
  })

  test('answers a poll without a message after pollTimeout', async () => {
    const world = await withPolls()
    const poll = world.get()
    world.clock.advance(89_999)
    expect(poll.head).toBeUndefined()
    world.clock.advance(1)
    expect(poll.head).toMatchObject({ status: 200, headers: { 'Content-Type': 'text/plain' } })
  })

  test('answers a poll with 204 when another one takes its place', async () => {
    const world = await withPolls()
    const first = world.get()
    const second = world.get()
    expect(first.head).toMatchObject({ status: 204, headers: { 'Content-Type': 'text/plain' } })
    connectionOf(world).send('a')
    world.clock.advance(0)
    expect(second.body).toBe('a')
  })

  test.each([
    ['sends no further poll', (_poll: Exchange) => {}],
    ['goes away within one', (poll: Exchange) => poll.leave()],
  ])('ends a client that %s for 15 s', async (how, leave) => {
    const world = await withPolls()
    if (how.startsWith('goes')) leave(world.get())
    world.clock.advance(14_999)
    expect(world.ends).toEqual([])
    world.clock.advance(1)
    expect(world.ends).toEqual([{ code: 1006, reason: '', wasClean: false, cause: 'lost' }])
    expect((await world.get().answer()).status).toBe(404)
  })

  test('ends with a DELETE', async () => {
    const world = await withPolls()
    const poll = world.get()
    expect((await world.end().answer()).status).toBe(202)
    expect(poll.status).toBe(204)
    expect(world.ends).toEqual([{ code: 1005, reason: '', wasClean: true, cause: 'client' }])
    expect((await world.end().answer()).status).toBe(404)
  })

  test('hands over the rest before it ends', async () => {
    const world = await withPolls()
    connectionOf(world).send('bye')
    connectionOf(world).close(4000)
    expect(world.get()).toMatchObject({ status: 200, body: 'bye' })
    expect(world.ends).toEqual([])
    expect(world.get().status).toBe(204)
    expect(world.ends).toEqual([{ code: 4000, reason: '', wasClean: true, cause: 'server' }])
    expect((await world.get().answer()).status).toBe(404)
  })

  test('ends a client that does not take the rest within closeTimeout', async () => {
    const world = await withPolls({ options: { closeTimeout: 100 } })
    connectionOf(world).close()
    world.clock.advance(100)
    expect(world.ends.map(({ cause, wasClean }) => [cause, wasClean])).toEqual([['server', false]])
  })

  test('is pinged by an answer, and answers by its next poll', async () => {
    const world = await withPolls({ options: { keepAliveInterval: 1_000 } })
    for (let time = 0; time < 5; time++) {
      const poll = world.get()
      world.clock.advance(1_000)
      expect(poll.status).toBe(200)
    }
    expect(world.ends).toEqual([])
    expect(world.endpoint.stats().pings.answered).toBeGreaterThanOrEqual(4)
    world.clock.advance(2_200)
    expect(world.ends.map(({ cause }) => cause)).toEqual(['heartbeat'])
  })

  test('counts polls as signs of life where messages alone do', async () => {
    const world = await withPolls({
      session: { ping: (connection) => connection.send('ping') },
      options: { keepAliveInterval: 1_000, aliveOn: 'message' },
    })
    for (let time = 0; time < 5; time++) {
      const poll = world.get()
      world.clock.advance(1_300)
      expect(poll.body).toBe('ping')
    }
    expect(world.ends).toEqual([])
    world.clock.advance(2_200)
    expect(world.ends.map(({ cause }) => cause)).toEqual(['heartbeat'])
  })

  test('ends a client for which too much waits', async () => {
    const world = await withPolls({ options: { maxBufferedAmount: 10 } })
    const connection = connectionOf(world)
    expect(connection.send('more than ten bytes')).toBe('queued')
    expect(connection.send('more')).toBe('closed')
    expect(world.get().body).toBe('more than ten bytes')
    expect(world.get().status).toBe(204)
    expect(world.ends.map(({ cause }) => cause)).toEqual(['slow-consumer'])
  })

  test('tells when nothing waits any more', async () => {
    let drained = 0
    const world = await withPolls({
      session: { drain: () => drained++ },
      options: { maxBufferedAmount: 1 },
    })
    connectionOf(world).send('waits')
    expect(world.get().body).toBe('waits')
    world.clock.advance(0)
    expect(drained).toBe(1)
  })

  test('does not tell so while as much waits again', async () => {
    let drained = 0
    const world = await withPolls({ session: { drain: () => drained++ } })
    const connection = connectionOf(world)
    const large = 'x'.repeat(100_000)
    world.get()
    expect(connection.send(large)).toBe('queued')
    connection.flush()
    let isSent = false
    connection.sendAndWait(large).then(() => {
      isSent = true
    })
    world.clock.endTurn()
    await settle()
    expect([drained, isSent]).toEqual([0, false])
    expect(world.get().body).toBe(large)
    connection.send('a little')
    world.clock.endTurn()
    await settle()
    expect([drained, isSent]).toEqual([1, true])
  })

  describe('whose client takes no answer', () => {
    /** A client that has not taken the answer to its last poll, of 100,000 bytes. */
    async function withUnread(setting?: Parameters<typeof withPolls>[0]) {
      const world = await withPolls(setting)
      const unread = world.get()
      unread.result = 'queued'
      connectionOf(world).send('x'.repeat(100_000))
      connectionOf(world).flush()
      expect([unread.status, unread.hasEnded]).toEqual([200, false])
      return { ...world, unread }
    }

    test('counts what waits in it, and tells drain when it was taken', async () => {
      let drained = 0
      const world = await withUnread({ session: { drain: () => drained++ } })
      const connection = connectionOf(world)
      world.clock.endTurn()
      expect([connection.bufferedAmount, drained]).toEqual([100_000, 0])
      expect(connection.send('more')).toBe('queued')
      world.unread.drain()
      world.clock.endTurn()
      expect([connection.bufferedAmount, drained]).toEqual([4, 1])
    })

    test('answers no further poll until it was taken', async () => {
      const world = await withUnread()
      const next = world.get()
      connectionOf(world).send('next')
      world.clock.endTurn()
      expect(next.status).toBeUndefined()
      world.unread.drain()
      expect(next.body).toBe('next')
    })

    test('answers the next poll once the client of the one before has gone', async () => {
      const world = await withUnread()
      const next = world.get()
      connectionOf(world).send('next')
      world.unread.leave()
      expect(next.body).toBe('next')
    })

    test('pings it once the answer was taken', async () => {
      const world = await withUnread({ options: { keepAliveInterval: 1_000 } })
      const next = world.get()
      world.clock.advance(1_000)
      expect(next.status).toBeUndefined()
      world.unread.drain()
      expect([next.status, next.body]).toEqual([200, ''])
    })

    test('ends it as a slow consumer when too much waits', async () => {
      const world = await withUnread({ options: { maxBufferedAmount: 50_000, closeTimeout: 100 } })
      expect(connectionOf(world).send('more')).toBe('closed')
      world.clock.advance(100)
      expect(world.ends.map(({ cause }) => cause)).toEqual(['slow-consumer'])
      expect(world.unread.hasEnded).toBe(true)
    })

    test.each<[string, (world: Awaited<ReturnType<typeof withUnread>>) => unknown, string]>([
      ['does not take it in time', ({ clock }) => clock.advance(15_000), 'lost'],
      [
        'only polls again',
        async ({ get, clock }) => {
          get()
          clock.advance(15_000)
        },
        'lost',
      ],
      ['leaves', ({ end }) => end().answer(), 'client'],
      ['is terminated', (world) => connectionOf(world).terminate(), 'server'],
    ])('cuts the answer where the client %s', async (_what, act, cause) => {
      const world = await withUnread()
      await act(world)
      await settle()
      expect(world.ends.map((event) => event.cause)).toEqual([cause])
      expect(world.unread.hasEnded).toBe(true)
    })

    test('answers no poll with messages when it ends', async () => {
      const world = await withUnread()
      const next = world.get()
      connectionOf(world).send('next')
      await world.end().answer()
      expect([next.status, next.body, world.unread.hasEnded]).toEqual([204, '', true])
    })

    test('cuts an answer that was given at the end after closeTimeout', async () => {
      const world = await withPolls({ options: { closeTimeout: 100 } })
      const poll = world.get()
      poll.result = 'queued'
      connectionOf(world).send('a last one')
      connectionOf(world).terminate()
      expect(poll.body).toBe('a last one')
      world.clock.advance(99)
      expect(poll.hasEnded).toBe(false)
      world.clock.advance(1)
      expect(poll.hasEnded).toBe(true)
    })
  })

  test('counts polls for no message, and POSTs for what they bring', async () => {
    const world = await withPolls()
    for (let time = 0; time < 3; time++) world.get()
    await world.post('four').answer()
    expect(world.endpoint.stats().received).toEqual({ messages: 1, bytes: 4 })
  })

  test('counts no poll that follows an answer for messageRate, and each that does not', async () => {
    const world = await withPolls({ options: { messageRate: { messages: 2 } } })
    for (let time = 0; time < 20; time++) {
      connectionOf(world).send('a')
      expect(world.get().body).toBe('a')
    }
    expect(world.ends).toEqual([])
    const polls = Array.from({ length: 20 }, () => world.get())
    expect(polls.every(({ hasEnded }) => hasEnded)).toBe(true)
    await settle()
    expect(world.ends.map(({ cause }) => cause)).toEqual(['rate-limit'])
  })

  test('ends when the endpoint closes', async () => {
    const world = await withPolls()
    const poll = world.get()
    const closing = world.endpoint.close()
    expect(poll.status).toBe(204)
    expect(await closing).toMatchObject({ clean: 1, terminated: 0, causes: { shutdown: 1 } })
    expect(world.clock.pending).toBe(0)
  })
})
