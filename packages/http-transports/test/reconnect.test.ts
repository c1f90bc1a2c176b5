import {
  type Connection,
  createEndpoint,
  type EndpointOptions,
  type Message,
  prepare,
  refuse,
} from '@wirebeat/core'
import {
  type Prepared,
  reconnectableOf,
  type SentLog,
  type TextCounter,
} from '@wirebeat/core/extension'
import { ManualClock, MemoryClient, type MemoryClientOptions } from '@wirebeat/core/testing'
import { describe, expect, test } from 'vitest'
import { httpTransports } from '../src/index.ts'
import type { HttpTransportsOptions } from '../src/options.ts'
import { ask, negotiate } from './support/ask.ts'

const ASKING = '/hub/negotiate?negotiateVersion=1&useStatefulReconnect=true'

/** Keeps all that is sent, but for what begins with `-`. */
class KeepingLog implements SentLog {
  excess = 0
  readonly kept: (string | Uint8Array | Prepared)[] = []

  add(message: string | Uint8Array | Prepared, counter: TextCounter): number | undefined {
    if (typeof message === 'string' && message.startsWith('-')) return undefined
    this.kept.push(message)
    if (typeof message === 'string') return counter.byteLength(message)
    return message instanceof Uint8Array ? message.length : message.bytes.length
  }

  replay(send: (message: string | Uint8Array | Prepared) => void): void {
    send('again:')
    for (const message of this.kept) send(message)
  }
}

interface SetUp {
  readonly transports?: HttpTransportsOptions
  readonly options?: Partial<EndpointOptions<unknown>>
  /** Whether the session keeps what it sends. */
  readonly keeps?: boolean
}

/** An endpoint whose session keeps what it sends, and a connection of it. */
async function setUp({ transports = {}, options = {}, keeps = true }: SetUp = {}) {
  const clock = new ManualClock()
  const log = new KeepingLog()
  const told: string[] = []
  let connection: Connection | undefined
  const endpoint = createEndpoint<unknown>({
    path: '/hub',
    clock,
    authorize: () => 'anybody',
    httpTransports: httpTransports({ statefulReconnect: true, ...transports }),
    session: {
      open(opened) {
        connection = opened
        if (keeps) reconnectableOf(opened)?.keepBy(log)
      },
      message: (_, message) => void told.push(`message ${message}`),
      drain: () => void told.push('drain'),
      close: (_, { cause, wasClean }) => void told.push(`${cause}${wasClean ? ', clean' : ''}`),
    },
    ...options,
  })
  const { connectionToken } = await negotiate(endpoint, { url: ASKING })
  const connect = (clientOptions: MemoryClientOptions = {}): Promise<MemoryClient> =>
    MemoryClient.connect(endpoint, { url: `/hub?id=${connectionToken}`, ...clientOptions })
  const client = await connect()
  if (connection === undefined) throw new Error('There is no connection.')
  return {
    endpoint,
    clock,
    log,
    told,
    client,
    connection,
    connect,
    reconnectable: reconnectableOf(connection),
  }
}

async function messagesOf(client: MemoryClient, count: number): Promise<Message[]> {
  const messages: Message[] = []
  while (messages.length < count) messages.push(await client.message())
  return messages
}

const refused = (status: number) =>
  expect.objectContaining({ refusal: expect.objectContaining({ status }) })

describe('stateful reconnect is agreed on', () => {
  async function agrees(query: string, transports: HttpTransportsOptions = {}): Promise<boolean> {
    const { endpoint } = await setUp({ transports })
    const { body } = await ask(endpoint, { url: `/hub/negotiate?${query}` })
    const isFirst = body.startsWith('{"useStatefulReconnect":true,"negotiateVersion":')
    expect(body.includes('useStatefulReconnect')).toBe(isFirst)
    return isFirst
  }

  test.each([
    'negotiateVersion=1&useStatefulReconnect=true',
    'useStatefulReconnect=TRUE',
    'USESTATEFULRECONNECT=true',
  ])('where the client asks for it: %s', async (query) => {
    expect(await agrees(query)).toBe(true)
  })

  test.each(['negotiateVersion=1', 'useStatefulReconnect=1', 'useStatefulReconnect=false'])(
    'not where it does not: %s',
    async (query) => {
      expect(await agrees(query)).toBe(false)
    },
  )

  test('not unless the option allows it, nor without WebSockets', async () => {
    const query = 'useStatefulReconnect=true'
    for (const options of [
      {},
      { statefulReconnect: true, transports: ['long-polling'] as const },
    ]) {
      const endpoint = createEndpoint({
        path: '/hub',
        session: {},
        httpTransports: httpTransports(options),
      })
      const { body } = await ask(endpoint, { url: `/hub/negotiate?${query}` })
      expect(body).not.toContain('useStatefulReconnect')
    }
  })
})

describe('a connection whose wire is cut', () => {
  test('goes on by another one, which is sent first what the client may not have', async () => {
    const { endpoint, told, client, connect, connection } = await setUp()
    expect(connection.send('a')).toBe('sent')
    expect(connection.send('-aside')).toBe('sent')
    client.vanish()
    expect(connection.isOpen).toBe(true)
    expect(connection.send('b')).toBe('queued')
    expect(connection.send('-lost')).toBe('sent')
    const next = await connect()
    expect(connection.send('c')).toBe('sent')
    expect(await messagesOf(next, 4)).toEqual(['again:', 'a', 'b', 'c'])
    next.send('hello')
    expect(told).toEqual(['drain', 'message hello'])
    expect([...endpoint.connections]).toEqual([connection])
    expect(endpoint.stats().connections.opened).toBe(1)
  })

  test('is sent again what many were sent, bytes, and bytes of a text as a text', async () => {
    const { client, connect, connection } = await setUp()
    const bytes = Uint8Array.of(1, 2)
    connection.send(prepare('for many'))
    connection.send(bytes)
    connection.send(Uint8Array.of(0x61), 'text')
    client.vanish()
    expect(await messagesOf(await connect(), 4)).toEqual([
      'again:',
      'for many',
      Uint8Array.of(1, 2),
      'a',
    ])
  })

  test('counts the bytes of what is sent, kept or not, with and without a wire', async () => {
    const { connection, client, endpoint } = await setUp()
    for (const text of ['a', 'é', '-é', 'é', 'b']) connection.send(text)
    client.vanish()
    for (const text of ['€', 'c', '€']) connection.send(text)
    connection.send(new Uint8Array(5))
    connection.send(prepare('é'))
    const sent = 1 + 2 + 3 + 2 + 1 + 3 + 1 + 3 + 5 + 2
    expect(endpoint.stats().sent).toEqual({ messages: 10, bytes: sent })
  })

  test('ends as lost when no other comes within reconnectTimeout', async () => {
    const { clock, told, client, connect } = await setUp()
    client.vanish()
    clock.advance(14_999)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['lost'])
    await expect(connect()).rejects.toEqual(refused(404))
    expect(clock.pending).toBe(0)
  })

  test('has reconnectTimeout and not 2X to come back, and then 2X anew', async () => {
    const { clock, told, client, connect } = await setUp({
      transports: { reconnectTimeout: 10_000 },
      options: { keepAliveInterval: 1_000, aliveOn: 'message' },
    })
    client.vanish()
    clock.advance(9_000)
    expect(told).toEqual([])
    await connect()
    clock.advance(1_900)
    expect(told).toEqual([])
    clock.advance(300)
    expect(told).toEqual(['heartbeat'])
  })

  test('keeps its place', async () => {
    const { endpoint, client, connect, clock } = await setUp({ options: { maxConnections: 1 } })
    client.vanish()
    expect((await ask(endpoint)).status).toBe(503)
    const next = await connect()
    expect((await ask(endpoint)).status).toBe(503)
    next.close()
    await negotiate(endpoint)
    clock.advance(15_000)
  })

  test('can be closed meanwhile', async () => {
    const { clock, told, client, connect, connection } = await setUp()
    client.vanish()
    connection.close(4000)
    await connection.closed
    expect(told).toEqual(['server'])
    await expect(connect()).rejects.toEqual(refused(404))
    expect(clock.pending).toBe(0)
  })

  test('can be terminated meanwhile', async () => {
    const { clock, told, client, connection } = await setUp()
    client.vanish()
    connection.terminate()
    await connection.closed
    expect(told).toEqual(['server'])
    expect(clock.pending).toBe(0)
  })

  test('ends at once when the endpoint closes', async () => {
    const { endpoint, told, client } = await setUp()
    client.vanish()
    await endpoint.close()
    expect(told).toEqual(['shutdown'])
  })

  test('stays paused by the next one', async () => {
    const { told, client, connect, connection } = await setUp()
    connection.pause()
    client.vanish()
    connection.resume()
    connection.pause()
    client.vanish()
    const next = await connect()
    next.send('waits')
    expect(told).toEqual([])
    connection.resume()
    expect(told).toEqual(['message waits'])
  })

  test('ends with it where the session does not keep what it sends', async () => {
    const { told, client, connect } = await setUp({ keeps: false })
    await expect(connect()).rejects.toEqual(refused(409))
    client.vanish()
    expect(told).toEqual(['lost'])
    await expect(connect()).rejects.toEqual(refused(404))
  })

  test('may be cut again, any number of times', async () => {
    const { clock, told, client, connect, connection } = await setUp()
    let wire = client
    for (let count = 0; count < 50; count++) {
      connection.send(String(count))
      wire.vanish()
      clock.advance(10_000)
      wire = await connect()
    }
    expect(await messagesOf(wire, 51)).toEqual([
      'again:',
      ...Array.from({ length: 50 }, (_, i) => `${i}`),
    ])
    clock.advance(20_000)
    expect(told).not.toContain('lost')
  })
})

describe('a second wire', () => {
  test('takes over, and the first one is closed', async () => {
    const { told, client, connect, connection } = await setUp()
    const next = await connect()
    expect(client.closeFrame).toEqual({ code: 1000, reason: '' })
    client.send('too late')
    connection.send('here')
    expect(await messagesOf(next, 2)).toEqual(['again:', 'here'])
    expect(told).toEqual([])
    next.vanish()
    expect(connection.isOpen).toBe(true)
  })

  test('is heard at once, because the client sends again what came before and was not handled', async () => {
    const { clock, told, client, connect } = await setUp()
    for (let count = 0; count < 200; count++) client.send(String(count))
    const handled = told.length
    expect(handled).toBeLessThan(200)
    const next = await connect()
    next.send('again')
    clock.advance(0)
    expect(told.slice(handled)).toEqual(['message again'])
  })

  test('takes over from one that is dead, which is disconnected after closeTimeout', async () => {
    const { clock, client, connect, told } = await setUp({ options: { closeTimeout: 1_000 } })
    client.vanish()
    const dead = await connect({ answersClose: false })
    await connect()
    expect(dead.isOpen).toBe(true)
    clock.advance(1_000)
    expect(dead.isOpen).toBe(false)
    expect(told).toEqual([])
  })

  test('takes over from one that is not read, and the answer to its close frame is', async () => {
    const { client, connect, connection } = await setUp()
    connection.pause()
    await connect()
    expect(client.isOpen).toBe(false)
  })

  test('may come any number of times, and one former one at most waits for its client', async () => {
    const { client, connect, connection, told } = await setUp()
    client.vanish()
    const dead: MemoryClient[] = []
    for (let count = 0; count < 20; count++) dead.push(await connect({ answersClose: false }))
    expect(dead.filter(({ isOpen }) => isOpen)).toEqual(dead.slice(-2))
    expect(connection.isOpen).toBe(true)
    expect(told).toEqual([])
  })

  test.each([
    ['is closed', (connection: Connection) => connection.close()],
    ['is terminated', (connection: Connection) => connection.terminate()],
  ])('leaves nothing of the former one when the connection %s', async (_, end) => {
    const { clock, client, connect, connection } = await setUp()
    client.vanish()
    const dead = await connect({ answersClose: false })
    await connect()
    end(connection)
    await connection.closed
    expect(dead.isOpen).toBe(false)
    expect(clock.pending).toBe(0)
  })

  test('that authorize refuses changes nothing', async () => {
    let isKnown = true
    const { told, client, connect, connection } = await setUp({
      options: { authorize: () => (isKnown ? 'me' : refuse(401)) },
    })
    isKnown = false
    await expect(connect()).rejects.toEqual(refused(401))
    connection.send('still here')
    expect(await client.message()).toBe('still here')
    client.vanish()
    await expect(connect()).rejects.toEqual(refused(401))
    isKnown = true
    expect(await messagesOf(await connect(), 2)).toEqual(['again:', 'still here'])
    expect(told).toEqual([])
  })

  test('that is let in too late is closed', async () => {
    let admit = (_context: string): void => {}
    let isFirst = true
    const { endpoint, clock, client, connect } = await setUp({
      options: {
        handshakeTimeout: 60_000,
        authorize: ({ url }) => {
          if (!url.includes('id=') || isFirst) {
            isFirst = !url.includes('id=')
            return 'me'
          }
          return new Promise((resolve) => (admit = resolve))
        },
      },
    })
    client.vanish()
    const opening = connect()
    clock.advance(15_000)
    admit('me')
    expect((await opening).closeFrame).toEqual({ code: 1000, reason: '' })
    expect(endpoint.connections.size).toBe(0)
    expect(endpoint.stats().connections.opened).toBe(1)
  })

  test.each([
    ['the client has closed', ({ client }: { client: MemoryClient }) => client.close(1000)],
    ['the server closes', ({ connection }: { connection: Connection }) => connection.close(1000)],
  ])('is refused where %s', async (_, end) => {
    const world = await setUp()
    end(world)
    await expect(world.connect()).rejects.toEqual(refused(404))
  })

  test('is refused while the client has not answered a close frame', async () => {
    const { client, connect, connection } = await setUp()
    client.vanish()
    const next = await connect({ answersClose: false })
    connection.close(1000)
    expect(next.isOpen).toBe(true)
    await expect(connect()).rejects.toEqual(refused(404))
  })
})

describe('what is kept beyond its bound', () => {
  test('is queued, and drained once the session says so', async () => {
    const { told, log, clock, connection, reconnectable } = await setUp()
    log.excess = 1
    expect(connection.send('more')).toBe('queued')
    expect(connection.bufferedAmount).toBe(1)
    reconnectable?.acknowledged()
    clock.advance(0)
    expect(told).toEqual([])
    log.excess = 0
    reconnectable?.acknowledged()
    clock.advance(0)
    expect(told).toEqual(['drain'])
  })

  test('ends the connection as a slow consumer beyond maxBufferedAmount', async () => {
    const { told, log, client, connection } = await setUp({ options: { maxBufferedAmount: 1_000 } })
    client.vanish()
    expect(connection.send('waits')).toBe('queued')
    log.excess = 1_001
    expect(connection.send('more')).toBe('closed')
    await connection.closed
    expect(told).toEqual(['slow-consumer'])
  })
})
