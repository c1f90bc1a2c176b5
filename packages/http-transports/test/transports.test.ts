import {
  type CloseEvent,
  type Connection,
  createEndpoint,
  type EndpointOptions,
  type HandlerSession,
  type Message,
  prepare,
  refuse,
} from '@wirebeat/core'
import { ManualClock, MemoryClient } from '@wirebeat/core/testing'
import { describe, expect, test } from 'vitest'
import { httpTransports } from '../src/index.ts'
import type { HttpTransportsOptions } from '../src/options.ts'
import { ask, negotiate } from './support/ask.ts'
import { type Exchange, type Request, send, settle } from './support/exchange.ts'

const EVENTS = { Accept: 'text/event-stream' }
const TEXT = { 'Content-Type': 'text/plain;charset=UTF-8' }
const BINARY = { 'Content-Type': 'application/octet-stream' }

interface Setting {
  readonly transports?: HttpTransportsOptions
  readonly session?: Partial<HandlerSession<unknown>>
  readonly options?: Partial<EndpointOptions<unknown>>
}

/** An endpoint with one negotiated connection. */
async function setUp({ transports, session, options }: Setting = {}) {
  const clock = new ManualClock()
  const opened: Connection[] = []
  const messages: Message[] = []
  const ends: CloseEvent[] = []
  const endpoint = createEndpoint<unknown>({
    path: '/hub',
    clock,
    keepAliveInterval: 0,
    authorize: () => 'anybody',
    session: {
      open: (connection) => opened.push(connection),
      message: (_connection, message) => messages.push(message),
      close: (_connection, event) => ends.push(event),
      ...session,
    },
    httpTransports: httpTransports(transports),
    ...options,
  })
  const { connectionId, connectionToken } = await negotiate(endpoint)
  const url = `/hub?id=${connectionToken}`
  const to = (request: Request) => {
    const exchange = send(endpoint, { url, ...request })
    exchange.endTurn = () => clock.endTurn()
    return exchange
  }
  return {
    clock,
    endpoint,
    opened,
    messages,
    ends,
    connectionId,
    token: connectionToken,
    to,
    get: (headers?: Request['headers']) => to({ method: 'GET', ...(headers && { headers }) }),
    post: (body: Request['body'], headers: Request['headers'] = TEXT) =>
      to({ body: body ?? null, headers }),
    end: () => to({ method: 'DELETE' }),
  }
}

type World = Awaited<ReturnType<typeof setUp>>

async function withEvents(setting?: Setting) {
  const world = await setUp(setting)
  const events = world.get(EVENTS)
  await settle()
  return { ...world, events }
}

/** A client of long polling whose first poll was answered. */
async function withPolls(setting?: Setting) {
  const world = await setUp(setting)
  await world.get().answer()
  return world
}

const connectionOf = ({ opened }: World): Connection => opened[0] as Connection

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

describe.each([
  ['Server-Sent Events', withEvents],
  ['long polling', withPolls],
] as const)('with %s a POST', (_name, open) => {
  test('brings a text or bytes, and is answered with nothing', async () => {
    const world = await open()
    const answer = await world.post('text é').answer()
    expect(answer.head).toMatchObject({ status: 200, headers: { 'Content-Type': 'text/plain' } })
    expect(answer.body).toBe('')
    await world.post('bytes', BINARY).answer()
    await world.post('none', {}).answer()
    await world.post('').answer()
    await world.post(new Uint8Array([0xc3])).answer()
    expect(world.messages).toEqual([
      'text é',
      new TextEncoder().encode('bytes'),
      new TextEncoder().encode('none'),
      new Uint8Array([0xc3]),
    ])
  })

  test('is answered when the turn ends, with all the others', async () => {
    const world = await open()
    const post = world.post('text')
    await settle()
    expect(world.messages).toEqual(['text'])
    expect(post.status).toBeUndefined()
    world.clock.endTurn()
    expect(post.status).toBe(200)
  })

  test('of more than maxMessageSize is refused, and ends the connection', async () => {
    const world = await open({ options: { maxMessageSize: 4 } })
    expect((await world.post('four').answer()).status).toBe(200)
    expect((await world.post('fives').answer()).status).toBe(413)
    expect(world.ends.map(({ cause }) => cause)).toEqual(['message-too-big'])
  })

  test('that takes too long is refused, and the connection goes on', async () => {
    const world = await open({ options: { handshakeTimeout: 100 } })
    const slow = world.post(null)
    const next = world.post('next')
    await settle()
    world.clock.advance(100)
    expect((await slow.answer()).status).toBe(408)
    expect((await next.answer()).status).toBe(200)
    expect(world.messages).toEqual(['next'])
  })

  test('waits for the one before, also for one whose client goes away', async () => {
    const world = await open()
    const slow = world.post(null)
    const next = world.post('next')
    await settle()
    expect(next.status).toBeUndefined()
    slow.leave()
    await next.answer()
    expect(world.messages).toEqual(['next'])
  })

  test('is refused when too many wait', async () => {
    const world = await open()
    for (let waiting = 0; waiting < 16; waiting++) world.post(null)
    expect((await world.post('more').answer()).status).toBe(429)
  })

  test('waits while the session has paused', async () => {
    const world = await open()
    connectionOf(world).pause()
    const waiting = world.post('waits')
    await settle()
    expect(waiting.status).toBeUndefined()
    connectionOf(world).resume()
    await waiting.answer()
    expect(world.messages).toEqual(['waits'])
  })

  test('over the rate ends the connection', async () => {
    const world = await open({ options: { messageRate: { messages: 2 } } })
    for (let time = 0; time < 4; time++) await world.post('more').answer()
    world.get()
    world.get()
    world.clock.advance(10_000)
    expect(world.ends.map(({ cause }) => cause)).toEqual(['rate-limit'])
  })
})

describe('a connection', () => {
  test('is told what came before it was open', async () => {
    const world = await setUp()
    expect((await world.post('early').answer()).status).toBe(200)
    expect(world.messages).toEqual([])
    await world.get().answer()
    expect(world.messages).toEqual(['early'])
  })

  test('keeps no more than receiveBufferSize before it is open', async () => {
    const world = await setUp({ options: { receiveBufferSize: 10 } })
    expect((await world.post('ten bytes.').answer()).status).toBe(200)
    expect((await world.post('x').answer()).status).toBe(413)
  })

  test.each([
    ['server-sent-events', 'server-sent-events', 409, ''],
    ['server-sent-events', 'long-polling', 400, 'Cannot change transports mid-connection'],
    ['long-polling', 'server-sent-events', 400, 'Cannot change transports mid-connection'],
    ['web-sockets', 'server-sent-events', 400, 'Cannot change transports mid-connection'],
  ] as const)('opened by %s is not opened by %s', async (first, second, status, body) => {
    const world = await setUp()
    const headersOf = (kind: string) => (kind === 'server-sent-events' ? EVENTS : {})
    if (first === 'web-sockets') {
      await MemoryClient.connect(world.endpoint, { url: `/hub?id=${world.token}` })
    } else world.get(headersOf(first))
    await settle()
    expect(await world.get(headersOf(second)).answer()).toMatchObject({ status, body })
    expect(world.endpoint.connections.size).toBe(1)
  })

  test.each([
    ['server-sent-events', 'ServerSentEvents'],
    ['long-polling', 'LongPolling'],
    ['web-sockets', 'WebSockets'],
  ] as const)('is not opened by %s where that is not offered', async (kind, name) => {
    const others = (['web-sockets', 'server-sent-events', 'long-polling'] as const).filter(
      (one) => one !== kind,
    )
    const world = await setUp({ transports: { transports: others } })
    const body = `${name} transport not supported by this end point type`
    if (kind === 'web-sockets') {
      for (const url of ['/hub', `/hub?id=${world.token}`]) {
        await expect(MemoryClient.connect(world.endpoint, { url })).rejects.toMatchObject({
          refusal: { status: 404, body },
        })
      }
      return
    }
    const headers = kind === 'server-sent-events' ? EVENTS : {}
    expect(await world.get(headers).answer()).toMatchObject({ status: 404, body })
    expect((await ask(world.endpoint)).body).not.toContain(name)
  })

  test.each([['server-sent-events'], ['long-polling']])(
    'that authorize refuses to open by %s is left to its owner',
    async (kind) => {
      const me = { 'X-Me': '1' }
      const world = await setUp({
        options: {
          authorize: ({ method, headers }) =>
            method === 'GET' && headers.get('x-me') === undefined ? refuse(401) : 'me',
        },
      })
      const headers = kind === 'server-sent-events' ? EVENTS : {}
      expect((await world.get(headers).answer()).status).toBe(401)
      world.get({ ...headers, ...me })
      await settle()
      expect(world.opened.map(({ transport }) => transport)).toEqual([kind])
    },
  )

  test('counts once, whatever opens it', async () => {
    const world = await withEvents({ options: { maxConnections: 1 } })
    expect((await ask(world.endpoint)).status).toBe(503)
    world.events.leave()
    await negotiate(world.endpoint)
    expect(world.endpoint.stats()).toMatchObject({
      connections: { open: 0, opened: 1 },
      ends: { lost: 1 },
    })
  })

  test('of another origin may be read', async () => {
    const world = await setUp()
    const Origin = 'https://client.example'
    const named = { 'Access-Control-Allow-Origin': Origin }
    const first = await world.get({ Origin }).answer()
    expect(first.head?.headers).toMatchObject(named)
    expect((await world.post('a', { Origin }).answer()).head?.headers).toMatchObject(named)
    const poll = world.get({ Origin })
    expect(
      (await world.to({ method: 'DELETE', headers: { Origin } }).answer()).head?.headers,
    ).toMatchObject(named)
    expect(poll.head?.headers).toMatchObject(named)
  })
})
