import { bytesOf } from '@wirebeat/core/extension'
import { MemoryClient } from '@wirebeat/core/testing'
import { createTopics } from '@wirebeat/topics'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { HubError } from '../src/errors/hub-error.ts'
import { messagepack } from '../src/messagepack.ts'
import type { HubOptions } from '../src/options.ts'
import {
  define,
  gate,
  method,
  setUp,
  type TestClient,
  type TestContext,
} from './support/one-hub.ts'
import { Peer, result } from './support/peer.ts'

/** A hub that writes down what happens. */
function world(
  options: HubOptions<TestClient, TestContext> = {},
  endpointOptions: Parameters<typeof setUp>[2] = {},
) {
  const told: string[] = []
  const slow = gate()
  const definition = define({
    quick: method([z.string()], (_, name) => {
      told.push(name)
      return name
    }),
    slow: method([], async (call) => {
      call.signal.addEventListener('abort', () => told.push('aborted'))
      await slow.promise
      told.push('slow')
    }),
    remember: method([z.string()], (call, name) => {
      call.items.set('name', name)
    }),
    recall: method([], (call) => call.items.get('name')),
    leave: method([z.boolean()], (call, allowReconnect) => call.disconnect({ allowReconnect })),
  })
  return {
    told,
    slow: () => slow.open(),
    ...setUp(
      definition,
      {
        connected: (caller) => {
          told.push(`+${caller.context.name}`)
        },
        disconnected: (caller, { cause, error }) => {
          told.push(`-${caller.context.name} ${cause}${error === undefined ? '' : ` ${error}`}`)
        },
        ...options,
      },
      endpointOptions,
    ),
  }
}

function broken(): never {
  throw new Error('broken')
}

const HANDSHAKE = '{"protocol":"json","version":1}\u001e'

describe('a connection is told of', () => {
  test('once when it comes, and once when it goes, with the cause', async () => {
    const { told, connect, endpoint } = world()
    const peers = [await connect('a'), await connect('b'), await connect('c'), await connect('d')]
    peers[0]?.client.close(1000)
    peers[1]?.client.vanish()
    peers[2]?.say({ type: 7, error: 'mine' })
    peers[3]?.say({ type: 'x' })
    await expect
      .poll(() => told)
      .toEqual([
        '+a',
        '+b',
        '+c',
        '+d',
        '-a client',
        '-b lost',
        '-c client mine',
        expect.stringMatching('^-d protocol-error .'),
      ])
    expect(endpoint.stats().ends).toMatchObject({ client: 2, lost: 1, 'protocol-error': 1 })
  })

  test('with what went wrong, when it ends within a record', async () => {
    const { told, connect } = world()
    const [a, b] = [await connect('a'), await connect('b')]
    for (const { client } of [a, b]) client.send('{"type":1')
    a.client.close()
    b.client.vanish()
    const text = 'Connection terminated while reading a message.'
    expect(told.slice(2)).toEqual([`-a client ${text}`, `-b lost ${text}`])
  })

  test('not when there was no handshake', async () => {
    const { told, endpoint } = world()
    const client = await MemoryClient.connect(endpoint, { url: '/a' })
    client.close()
    const other = await MemoryClient.connect(endpoint, { url: '/b' })
    other.send('{"protocol":"xml","version":1}\u001e')
    expect(await other.message()).toBe(`{"error":"The protocol 'xml' is not supported."}\u001e`)
    expect(other.closeFrame?.code).toBe(1000)
    expect(told).toEqual([])
  })

  test('before its calls, however long that takes', async () => {
    const ready = gate()
    const { told, endpoint } = world({ connected: () => ready.promise })
    const peer = new Peer(await MemoryClient.connect(endpoint, { url: '/a' }))
    peer.client.send(HANDSHAKE)
    expect(await peer.next()).toEqual({})
    peer.call('1', 'quick', 'x')
    expect(told).toEqual([])
    ready.open()
    expect(await peer.next()).toEqual(result('1', 'x'))
  })

  test('as gone after it was told of as there', async () => {
    const ready = gate()
    const told: string[] = []
    const { endpoint } = world({
      async connected() {
        await ready.promise
        told.push('+')
      },
      disconnected: () => told.push('-'),
    })
    const client = await MemoryClient.connect(endpoint)
    client.send(HANDSHAKE)
    client.vanish()
    expect(told).toEqual([])
    ready.open()
    await expect.poll(() => told).toEqual(['+', '-'])
  })

  test('whose end is not told when its beginning has failed', async () => {
    const { told, endpoint, errors } = world({
      connected(caller) {
        throw caller.context.name === 'a' ? new HubError('denied') : new Error('secret')
      },
    })
    const texts: unknown[] = []
    for (const url of ['/a', '/b']) {
      const client = await MemoryClient.connect(endpoint, { url })
      client.send(HANDSHAKE)
      expect(await client.message()).toBe('{}\u001e')
      texts.push(await client.message())
      expect(client.closeFrame?.code).toBe(1000)
    }
    expect(texts).toEqual([
      '{"type":7,"error":"Connection closed with an error. HubException: denied"}\u001e',
      '{"type":7,"error":"Connection closed with an error."}\u001e',
    ])
    expect(told).toEqual([])
    expect(errors).toEqual([new Error('secret')])
  })

  test('though the application fails at it', async () => {
    const { connect, errors, endpoint } = world({
      async disconnected() {
        throw new Error('cleaning up')
      },
    })
    const peer = await connect()
    peer.client.close()
    await expect.poll(() => errors).toEqual([new Error('cleaning up')])
    expect(endpoint.connections.size).toBe(0)
  })

  test('and keeps what the application gives it', async () => {
    const { connect } = world()
    const [one, two] = [await connect(), await connect()]
    await one.ask('remember', 'x')
    expect(await one.ask('recall')).toEqual(result('ask', 'x'))
    expect(await two.ask('recall')).toEqual(result('ask', null))
  })
})

describe('a connection ends', () => {
  test('when there was no handshake within handshakeTimeout', async () => {
    const { endpoint, clock } = world()
    const client = await MemoryClient.connect(endpoint)
    client.send(HANDSHAKE.slice(0, 9))
    clock.advance(14_999)
    expect(client.isOpen).toBe(true)
    clock.advance(1)
    expect(await client.message()).toBe('{"error":"Handshake was canceled."}\u001e')
    expect(client.closeFrame?.code).toBe(1000)
    expect(clock.pending).toBeLessThan(3)
  })

  test('when its client closes it, and is answered', async () => {
    const { connect } = world()
    const peer = await connect()
    peer.say({ type: 7 })
    expect(await peer.next()).toEqual({ type: 7 })
    expect(peer.client.closeFrame?.code).toBe(1000)
  })

  test('after what its client has sent before it left was done', async () => {
    const { told, connect, slow } = world()
    const peer = await connect('a')
    peer.call('1', 'slow')
    peer.call(undefined, 'quick', 'x')
    peer.client.close()
    expect(told).toEqual(['+a'])
    slow()
    await expect.poll(() => told).toEqual(['+a', 'slow', 'x', '-a client'])
  })

  test('once, when calls come behind its close record', async () => {
    const { told, connect } = world()
    const peer = await connect('a')
    peer.say({ type: 7 }, { type: 1, target: 'quick', arguments: ['x'] })
    expect(await peer.next()).toEqual({ type: 7 })
    peer.client.close(1000)
    await expect.poll(() => told).toEqual(['+a', 'x', '-a client'])
    for (let count = 0; count < 100; count++) await undefined
    expect(told).toHaveLength(3)
  })

  test('at once where nothing waits, and the call that runs is told', async () => {
    const { told, connect } = world()
    const peer = await connect('a')
    peer.call('1', 'slow')
    peer.client.close()
    expect(told).toEqual(['+a', 'aborted', '-a client'])
  })

  test('five seconds after its client has left at the latest', async () => {
    const { told, connect, clock, slow } = world()
    const peer = await connect('a')
    peer.call('1', 'slow')
    peer.call(undefined, 'quick', 'x')
    peer.client.close()
    clock.advance(4_999)
    expect(told).toEqual(['+a'])
    clock.advance(1)
    expect(told).toEqual(['+a', 'aborted', '-a client'])
    slow()
    for (let count = 0; count < 100; count++) await undefined
    expect(told).not.toContain('x')
  })

  test('with what was sent before it was lost left undone', async () => {
    const { told, connect, slow } = world()
    const peer = await connect('a')
    peer.call('1', 'slow')
    peer.call(undefined, 'quick', 'x')
    peer.client.vanish()
    slow()
    for (let count = 0; count < 100; count++) await undefined
    expect(told).toEqual(['+a', 'aborted', '-a lost', 'slow'])
  })

  test('when its method says so', async () => {
    const { connect, told } = world()
    for (const allowReconnect of [true, false]) {
      const peer = await connect('a')
      peer.call('1', 'leave', allowReconnect)
      expect(await peer.next()).toEqual({ type: 7, ...(allowReconnect && { allowReconnect }) })
      expect(peer.client.closeFrame?.code).toBe(1000)
    }
    expect(told).toEqual(['+a', '-a server', '+a', '-a server'])
  })

  test('when the hub says so, by its id or its user', async () => {
    const { connect, hub, endpoint } = world({ userId: ({ name }) => name })
    const [a, a2, b] = [await connect('a'), await connect('a'), await connect('b')]
    expect(await hub.disconnect({ user: 'nobody' })).toBe(0)
    expect(await hub.disconnect({ user: 'a' }, { allowReconnect: true })).toBe(2)
    for (const peer of [a, a2]) {
      expect(await peer.next()).toEqual({ type: 7, allowReconnect: true })
    }
    const [id = ''] = [...endpoint.connections].map((one) => one.id)
    expect(await hub.disconnect({ connection: id })).toBe(1)
    expect(await b.next()).toEqual({ type: 7 })
    expect(await hub.disconnect({ connection: id })).toBe(0)
  })

  test('with its token, and may come back', async () => {
    const { connect, clock, told } = world({ expiresAt: () => Date.now() + 60_000 })
    const peer = await connect('a')
    clock.advance(59_000)
    expect(peer.client.isOpen).toBe(true)
    clock.advance(1_000)
    expect(await peer.next()).toEqual({ type: 7, allowReconnect: true })
    expect(told).toEqual(['+a', '-a expired'])
  })

  test('with a token that lasts longer than a timer can', async () => {
    const month = 30 * 24 * 3_600_000
    const { connect, clock } = world(
      { expiresAt: () => new Date(Date.now() + month) },
      { keepAliveInterval: 2_000_000_000 },
    )
    const peer = await connect('a')
    clock.advance(month - 60_000)
    expect(peer.client.closeFrame).toBeUndefined()
    clock.advance(60_000)
    expect(peer.client.closeFrame?.code).toBe(1000)
  })

  test.each([
    ['userId throws', { userId: broken }],
    ['userId returns none', { userId: () => '' }],
    ['expiresAt throws', { expiresAt: broken }],
    ['expiresAt returns no time', { expiresAt: () => new Date('never') }],
    ['its encoding is none of the topics', { topics: createTopics({ encodings: ['json'] }) }],
  ])('before it has begun where %s, and nothing of it is done', async (_, options) => {
    const { endpoint, told, errors } = world({ ...options, encodings: [messagepack()] })
    const client = await MemoryClient.connect(endpoint, { url: '/a' })
    const handshake = '{"protocol":"messagepack","version":1}\u001e'
    const call = bytesOf(messagepack().invocation('quick', ['x'], '1'))
    client.send(Buffer.concat([Buffer.from(handshake), call]))
    for (let count = 0; count < 100; count++) await undefined
    expect(client.closeFrame?.code).toBe(1011)
    expect(told).toEqual([])
    expect(errors).toHaveLength(1)
  })

  test('with the endpoint, and is told before that it may come back', async () => {
    const { connect, endpoint, told } = world()
    const peer = await connect('a')
    const report = await endpoint.close()
    expect(await peer.next()).toEqual({ type: 7, allowReconnect: true })
    expect(peer.client.closeFrame?.code).toBe(1001)
    expect(report).toMatchObject({ total: 1, clean: 1, causes: { shutdown: 1 } })
    expect(told).toEqual(['+a', '-a shutdown'])
  })

  test('with the hub, which waits for what the application does about it', async () => {
    const cleaned = gate()
    const { connect, hub } = world({ disconnected: () => cleaned.promise })
    const peer = await connect('a')
    let isClosed = false
    const closing = hub.close().then(() => {
      isClosed = true
    })
    expect(await peer.next()).toEqual({ type: 7, allowReconnect: true })
    for (let count = 0; count < 100; count++) await undefined
    expect(isClosed).toBe(false)
    cleaned.open()
    await closing
  })

  test.each(['connected', 'disconnected'] as const)(
    'with the hub, which waits for what %s does until its deadline',
    async (name) => {
      const { connect, hub, clock, errors } = world({ [name]: () => new Promise(() => {}) })
      await connect('a')
      let isClosed = false
      const closing = hub.close({ deadline: 3_000 }).then(() => {
        isClosed = true
      })
      clock.advance(2_999)
      for (let count = 0; count < 100; count++) await undefined
      expect({ isClosed, errors }).toEqual({ isClosed: false, errors: [] })
      clock.advance(1)
      await closing
      expect(errors).toEqual([
        new Error(`${name} has not returned within the deadline of close, 3000 ms.`),
      ])
    },
  )

  test('when it is silent for twice the keep-alive interval', async () => {
    const { connect, clock, told } = world({}, { keepAliveInterval: 15_000, aliveOn: 'message' })
    const [silent, lively] = [await connect('a'), await connect('b')]
    clock.advance(15_000)
    expect(await silent.next()).toEqual({ type: 6 })
    lively.say({ type: 6 })
    clock.advance(16_875)
    expect((await silent.take(2)).at(-1)).toEqual({
      type: 7,
      error: 'Connection closed with an error.',
      allowReconnect: true,
    })
    expect(told.slice(2)).toEqual([
      "-a heartbeat Client hasn't sent a message/ping within the configured ClientTimeoutInterval.",
    ])
    expect(lively.client.isOpen).toBe(true)
  })

  test('with a client that reads too slowly, and costs the others nothing', async () => {
    const { connect, hub, told } = world({}, { maxBufferedAmount: 1_000 })
    const [slow, other] = [await connect('a', { networkBuffer: 100 }), await connect('b')]
    slow.client.pause()
    for (let count = 0; count < 100; count++) hub.clients.all.send('said', 'x'.repeat(100))
    expect(await other.take(100)).toHaveLength(100)
    slow.client.resume()
    expect(told.at(-1)).toBe('-a slow-consumer')
  })
})

test('nothing but the answer comes before the handshake is done', async () => {
  const { endpoint, clock, hub } = world({}, { keepAliveInterval: 1_000, clientTimeout: 20_000 })
  const client = await MemoryClient.connect(endpoint)
  clock.advance(5_000)
  hub.clients.all.send('said', 'x')
  client.send(HANDSHAKE)
  expect(await client.message()).toBe('{}\u001e')
})

test('records of one message count one by one for messageRate', async () => {
  const { connect, told } = world({}, { messageRate: { messages: 5, burst: 1 } })
  const peer = await connect('a')
  const ping = { type: 6 }
  peer.say(ping, ping, ping, ping)
  expect(peer.client.isOpen).toBe(true)
  peer.say(ping)
  await expect.poll(() => told.at(-1)).toBe('-a rate-limit')
})
