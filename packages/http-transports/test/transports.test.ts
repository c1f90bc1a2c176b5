import { refuse } from '@wirebeat/core'
import { MemoryClient } from '@wirebeat/core/testing'
import { describe, expect, test } from 'vitest'
import { ask, negotiate } from './support/ask.ts'
import { settle } from './support/exchange.ts'
import { BINARY, connectionOf, EVENTS, setUp, withEvents, withPolls } from './support/world.ts'

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

  test('is told what came before a WebSocket opened it, in order, and then what comes by that', async () => {
    const world = await setUp()
    expect((await world.post('first').answer()).status).toBe(200)
    expect((await world.post('second', BINARY).answer()).status).toBe(200)
    const client = await MemoryClient.connect(world.endpoint, { url: `/hub?id=${world.token}` })
    client.send('third')
    await settle()
    expect(world.messages).toEqual(['first', new TextEncoder().encode('second'), 'third'])
  })

  test('takes no POST that has not arrived when a WebSocket opens it', async () => {
    const world = await setUp()
    const arriving = world.post(null)
    const waiting = world.post('waits')
    await settle()
    await MemoryClient.connect(world.endpoint, { url: `/hub?id=${world.token}` })
    arriving.arrive('late')
    for (const post of [arriving, waiting, world.post('later')]) {
      expect(await post.answer()).toMatchObject({
        status: 405,
        body: 'POST requests are not allowed for WebSocket connections.',
      })
    }
    expect(world.messages).toEqual([])
  })

  test('is told a POST that arrives while authorize decides about a WebSocket', async () => {
    let admit = (_context: string): void => {}
    const world = await setUp({
      options: {
        authorize: ({ method }) =>
          method === 'POST' ? 'anybody' : new Promise<string>((resolve) => (admit = resolve)),
      },
    })
    const arriving = world.post(null)
    await settle()
    const connecting = MemoryClient.connect(world.endpoint, { url: `/hub?id=${world.token}` })
    arriving.arrive('in time')
    expect((await arriving.answer()).status).toBe(200)
    admit('anybody')
    await connecting
    expect(world.messages).toEqual(['in time'])
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
