import { type Connection, prepare } from '@wirebeat/core'
import { describe, expect, test } from 'vitest'
import { ask } from './support/ask.ts'
import { settle } from './support/exchange.ts'
import { connectionOf, EVENTS, setUp, withEvents } from './support/world.ts'

describe('Server-Sent Events', () => {
  test('begin with a comment, and carry each text as an event', async () => {
    const world = await withEvents()
    const { events } = world
    expect(events.head).toEqual({
      status: 200,
      statusText: 'OK',
      headers: {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-cache,no-store',
        Pragma: 'no-cache',
        'Content-Encoding': 'identity',
        'X-Accel-Buffering': 'no',
      },
    })
    expect(connectionOf(world).send('{"a":1}\x1e')).toBe('sent')
    world.clock.endTurn()
    expect(events.body).toBe(':\r\ndata: {"a":1}\x1e\r\n\r\n')
    expect(connectionOf(world)).toMatchObject({
      id: world.connectionId,
      transport: 'server-sent-events',
      remoteAddress: '192.0.2.1',
    })
  })

  test('begin with as long a comment as streamPadding says, which is no message', async () => {
    const { events, endpoint } = await withEvents({ transports: { streamPadding: 4_096 } })
    expect(events.body).toBe(`:${' '.repeat(4_096)}\r\n`)
    expect(endpoint.stats().sent).toEqual({ messages: 0, bytes: 0 })
  })

  test('end when a comment that waits at their start was taken', async () => {
    const world = await setUp({
      transports: { streamPadding: 4_096 },
      session: { open: (connection) => connection.close() },
    })
    const events = world.get(EVENTS)
    events.result = 'queued'
    await settle()
    expect(events.hasEnded).toBe(false)
    events.drain()
    expect(events.hasEnded).toBe(true)
  })

  test.each([
    'text/event-stream',
    'Text/Event-Stream',
    'application/json, text/event-stream;q=0.9 , */*',
  ])('are opened by a request that accepts %s', async (accept) => {
    const world = await setUp()
    world.get({ Accept: accept })
    await settle()
    expect(connectionOf(world).transport).toBe('server-sent-events')
  })

  test.each(['*/*', 'text/*', 'text/event-streams', 'x-text/event-stream', ''])(
    'are not opened by a request that accepts %s',
    async (accept) => {
      const world = await setUp()
      await world.get({ Accept: accept }).answer()
      expect(connectionOf(world).transport).toBe('long-polling')
    },
  )

  test('carry several lines in several fields, and bytes in base64', async () => {
    const world = await withEvents()
    const connection = connectionOf(world)
    connection.send('a\nb\r\nc')
    connection.send(new Uint8Array([0, 255, 62]))
    connection.send(new TextEncoder().encode('é'), 'text')
    connection.send(prepare('many'))
    world.clock.endTurn()
    expect(world.events.body.split('\r\n\r\n').slice(0, -1)).toEqual([
      ':\r\ndata: a\r\ndata: b\r\ndata: c',
      'event: binary\r\ndata: AP8+',
      'data: é',
      'data: many',
    ])
  })

  test('end with the connection', async () => {
    const world = await withEvents()
    connectionOf(world).send('bye')
    connectionOf(world).close(4000, 'enough')
    expect(world.events.hasEnded).toBe(true)
    await settle()
    expect(world.ends).toEqual([{ code: 4000, reason: 'enough', wasClean: false, cause: 'server' }])
    expect((await world.post('late').answer()).status).toBe(404)
  })

  test('end behind what waits', async () => {
    const world = await withEvents()
    world.events.result = 'queued'
    connectionOf(world).send('waits')
    connectionOf(world).close()
    expect(world.events.hasEnded).toBe(false)
    world.events.drain()
    expect(world.events.hasEnded).toBe(true)
  })

  describe('whose client takes nothing', () => {
    const setting = {
      options: { maxMessageSize: 4, closeTimeout: 100, maxConnections: 1 },
    }

    test.each<[string, (world: Awaited<ReturnType<typeof withEvents>>) => unknown, string]>([
      ['is closed', (world) => connectionOf(world).close(), 'server'],
      ['has sent too much', (world) => world.post('fives').answer(), 'message-too-big'],
    ])('count until they are cut, where it %s', async (_what, end, cause) => {
      const world = await withEvents(setting)
      // So few that the network has said `sent`.
      world.events.bufferedAmount = 10
      await end(world)
      expect([world.ends, world.events.hasEnded]).toEqual([[], false])
      expect((await ask(world.endpoint)).status).toBe(503)
      expect((await world.post('late').answer()).status).toBe(404)
      world.clock.advance(99)
      expect(world.ends).toEqual([])
      world.clock.advance(1)
      expect(world.events.hasEnded).toBe(true)
      expect(world.ends.map((event) => event.cause)).toEqual([cause])
      expect((await ask(world.endpoint)).status).toBe(200)
    })

    test('are cut in time, also where it sends too much when it is closed already', async () => {
      const world = await withEvents({ options: { ...setting.options, maxBufferedAmount: 10 } })
      world.events.result = 'queued'
      connectionOf(world).send('more than ten bytes')
      expect(connectionOf(world).send('more')).toBe('closed')
      expect((await world.post('fives').answer()).status).toBe(404)
      expect(world.ends).toEqual([])
      world.clock.advance(100)
      expect(world.events.hasEnded).toBe(true)
      expect(world.ends.map(({ cause }) => cause)).toEqual(['slow-consumer'])
    })
  })

  test('tell of a client that hangs up', async () => {
    const world = await withEvents()
    world.events.leave()
    expect(world.ends.map(({ cause }) => cause)).toEqual(['lost'])
    expect(world.endpoint.connections.size).toBe(0)
    expect((await world.post('late').answer()).status).toBe(404)
  })

  test('end a client that takes too little', async () => {
    const world = await withEvents({ options: { maxBufferedAmount: 10, closeTimeout: 50 } })
    const connection = connectionOf(world)
    world.events.result = 'queued'
    expect(connection.send('more than ten bytes')).toBe('queued')
    expect(connection.send('more')).toBe('closed')
    world.clock.advance(50)
    expect(world.ends.map(({ cause }) => cause)).toEqual(['slow-consumer'])
  })

  test('tell when nothing waits any more', async () => {
    let drained = 0
    const world = await withEvents({ session: { drain: () => drained++ } })
    world.events.result = 'queued'
    expect(connectionOf(world).send('waits')).toBe('sent')
    world.clock.endTurn()
    expect(connectionOf(world).send('waits behind it')).toBe('queued')
    expect(drained).toBe(0)
    world.events.drain()
    expect(drained).toBe(1)
  })

  describe('of one turn', () => {
    const event = (text: string): string => `data: ${text}\r\n\r\n`

    test('leave in one write, in their order', async () => {
      const world = await withEvents()
      const connection = connectionOf(world)
      expect(connection.send('a')).toBe('sent')
      expect(connection.send(prepare('é'))).toBe('sent')
      expect(world.events.writes).toEqual([':\r\n'])
      expect(connection.bufferedAmount).toBe(event('a').length + event('é').length + 1)
      world.clock.endTurn()
      expect(world.events.writes).toEqual([':\r\n', event('a') + event('é')])
      expect(connection.bufferedAmount).toBe(0)
      world.clock.endTurn()
      expect(world.events.writes).toHaveLength(2)
    })

    test.each<[string, (connection: Connection) => void, number]>([
      ['a flush', (connection) => connection.flush(), 2],
      ['the end', (connection) => connection.close(), 2],
      ['the cut', (connection) => connection.terminate(), 2],
      ['one that is large', (connection) => connection.send('x'.repeat(16_000)), 3],
    ])('leave at once before %s', async (_name, act, writes) => {
      const world = await withEvents()
      connectionOf(world).send('a')
      act(connectionOf(world))
      expect(world.events.writes).toHaveLength(writes)
      expect(world.events.writes[1]).toBe(event('a'))
    })

    test('leave before a ping', async () => {
      const world = await withEvents({ options: { keepAliveInterval: 1_000 } })
      connectionOf(world).send('a')
      world.clock.stall(1_500)
      world.clock.catchUp()
      expect(world.events.writes).toEqual([':\r\n', event('a'), ':\r\n\r\n'])
    })

    test('leave before the connection ends for a message that is too large', async () => {
      const world = await withEvents({ options: { maxMessageSize: 4 } })
      connectionOf(world).send('a')
      await world.post('fives').answer()
      expect(world.events.writes).toEqual([':\r\n', event('a')])
    })

    test('leave 16,000 bytes at a time, and fewer where fewer may be buffered', async () => {
      const most = await withEvents()
      for (let time = 0; time < 20; time++) connectionOf(most).send('x'.repeat(1_000))
      expect(most.events.writes).toHaveLength(2)
      const fewer = await withEvents({ options: { maxBufferedAmount: 2_000 } })
      for (let time = 0; time < 20; time++) connectionOf(fewer).send('x'.repeat(1_000))
      expect(fewer.events.writes).toHaveLength(20)
    })
  })

  test('ping by a comment, and end who sends nothing for 2X', async () => {
    const world = await withEvents({ options: { keepAliveInterval: 1_000 } })
    world.clock.advance(1_500)
    expect(world.events.body).toBe(':\r\n:\r\n\r\n')
    await world.post('alive').answer()
    world.clock.advance(1_900)
    expect(world.ends).toEqual([])
    world.clock.advance(300)
    expect(world.ends.map(({ cause }) => cause)).toEqual(['heartbeat'])
    expect(world.events.hasEnded).toBe(true)
  })
})
