import { describe, expect, test } from 'vitest'
import { heartbeatTolerance } from '../../src/adapter.ts'
import { allow, createEndpoint, echo, echoLoop, type HandlerSession } from '../../src/index.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { HandshakeRefusedError, MemoryClient } from '../../src/testing/memory-client.ts'

/** A session that writes down how its connections ended. */
function recording(session: HandlerSession = {}) {
  const events: unknown[] = []
  const recorded: HandlerSession = {
    ...session,
    close: (_connection, event) => void events.push(event),
  }
  return { session: recorded, events }
}

describe('a client in memory', () => {
  test.each([
    ['echo', echo],
    ['echoLoop', echoLoop],
  ])('talks to the session %s', async (_name, session) => {
    const client = await MemoryClient.connect(createEndpoint({ session: session() }))
    client.send('text')
    client.send(Uint8Array.of(1, 2, 3))
    expect(await client.message()).toBe('text')
    expect(await client.message()).toEqual(Uint8Array.of(1, 2, 3))
    client.close(4000, 'done')
    expect(client.closeFrame).toEqual({ code: 4000, reason: 'done' })
    expect(client.isOpen).toBe(false)
  })

  test('hands over what arrives at once to who asks for that, and tells the end', async () => {
    const told: unknown[] = []
    const client = await MemoryClient.connect(createEndpoint({ session: echo() }), {
      onMessage: (message) => told.push(message),
      onEnd: () => told.push('end'),
    })
    client.send('text')
    client.close()
    expect(told).toEqual(['text', 'end'])
  })

  test('is refused as on any server', async () => {
    const endpoint = createEndpoint({ path: '/ws', allowedOrigins: 'same-origin', session: echo() })
    const connecting = MemoryClient.connect(endpoint, { url: '/ws', origin: 'http://evil.example' })
    await expect(connecting).rejects.toThrow(HandshakeRefusedError)
    await expect(connecting).rejects.toMatchObject({ refusal: { status: 403, reason: 'origin' } })
    await expect(MemoryClient.connect(endpoint, { url: '/other' })).rejects.toThrow('another path')
  })

  test.each([
    ['an object', { 'X-Name': 'Ada', HOST: 'a.example' }],
    [
      'a Map',
      new Map([
        ['X-Name', 'Ada'],
        ['HOST', 'a.example'],
      ]),
    ],
    [
      'Headers',
      new Headers([
        ['X-Name', 'Ada'],
        ['HOST', 'a.example'],
      ]),
    ],
  ])('sends the header fields of %s, in place of its own', async (_what, headers) => {
    const seen: unknown[] = []
    const endpoint = createEndpoint({
      authorize({ headers: received, host }) {
        seen.push(received.get('x-name'), host)
        return 'somebody'
      },
      session: echo(),
    })
    await MemoryClient.connect(endpoint, { headers })
    expect(seen).toEqual(['Ada', 'a.example'])
  })

  test('knows its options by name, and what may be a header', async () => {
    const endpoint = createEndpoint({ session: echo() })
    const connect = (options: object) => MemoryClient.connect(endpoint, options)
    await expect(connect({ path: '/ws' })).rejects.toThrow(
      'Unknown option "path". Known options are url',
    )
    await expect(connect({ header: {} })).rejects.toThrow('Did you mean "headers"?')
    await expect(connect({ headers: { a: 'b\r\n' } })).rejects.toThrow('header a must be a string')
    expect(endpoint.connections.size).toBe(0)
  })

  test('is given the header fields of allow, and the subprotocol that it chooses', async () => {
    const endpoint = createEndpoint({
      authorize: (_request, { protocols }) =>
        allow('somebody', { headers: { 'X-Server': 'seven' }, protocol: protocols[1] ?? '' }),
      session: echo(),
    })
    const client = await MemoryClient.connect(endpoint, { protocols: ['a', 'b'] })
    expect(client.headers).toEqual({ 'X-Server': 'seven' })
    expect(client.protocol).toBe('b')
  })

  test('is given a subprotocol', async () => {
    const endpoint = createEndpoint({ protocols: ['b', 'a'], session: echo() })
    expect((await MemoryClient.connect(endpoint, { protocols: ['a', 'b'] })).protocol).toBe('b')
  })

  test('dies of silence when the clock says so', async () => {
    const clock = new ManualClock()
    const { session, events } = recording()
    const endpoint = createEndpoint({ clock, keepAliveInterval: 60_000, session })
    const client = await MemoryClient.connect(endpoint, { answersPings: false })
    clock.advance(119_999)
    expect(client.isOpen).toBe(true)
    clock.advance(1 + heartbeatTolerance(60_000))
    expect(client.isOpen).toBe(false)
    expect(events).toEqual([{ code: 1006, reason: '', wasClean: false, cause: 'heartbeat' }])
  })

  test('lives for ever by answering pings', async () => {
    const clock = new ManualClock()
    const client = await MemoryClient.connect(createEndpoint({ clock, session: echo() }))
    clock.advance(24 * 60 * 60_000)
    expect(client.isOpen).toBe(true)
  })

  test('answers the close frame of the server, or leaves it waiting', async () => {
    const clock = new ManualClock()
    const { session, events } = recording({ message: (connection) => connection.close(4001, 'go') })
    const endpoint = createEndpoint({ clock, closeTimeout: 5_000, session })
    const polite = await MemoryClient.connect(endpoint)
    polite.send('anything')
    await Promise.resolve()
    expect(events).toEqual([{ code: 4001, reason: 'go', wasClean: true, cause: 'server' }])

    const silent = await MemoryClient.connect(endpoint, { answersClose: false })
    silent.send('anything')
    clock.advance(4_999)
    expect(silent.isOpen).toBe(true)
    clock.advance(1)
    expect(silent.isOpen).toBe(false)
    expect(events.at(-1)).toEqual({ code: 4001, reason: 'go', wasClean: false, cause: 'server' })
  })

  test('that does not read shows the session its backpressure', async () => {
    const seen: unknown[] = []
    const { session, events } = recording({
      message(connection) {
        for (const text of ['12345', '6789']) seen.push(connection.send(text))
        seen.push(connection.bufferedAmount)
      },
      drain: () => void seen.push('drain'),
    })
    const endpoint = createEndpoint({ session })
    const client = await MemoryClient.connect(endpoint, { networkBuffer: 5 })
    client.pause()
    client.send('go')
    expect(seen).toEqual(['sent', 'queued', 4])
    client.resume()
    expect(seen).toEqual(['sent', 'queued', 4, 'drain'])
    expect([await client.message(), await client.message()]).toEqual(['12345', '6789'])
    client.vanish()
    expect(events).toMatchObject([{ cause: 'lost' }])
  })

  test('gets what waited before the answers to it, as on a wire, and may pause again', async () => {
    const got: unknown[] = []
    const endpoint = createEndpoint({
      session: { message: (connection, message) => connection.send(`answer to ${message}`) },
    })
    const client = await MemoryClient.connect(endpoint, {
      onMessage(message) {
        got.push(message)
        if (message === '1') client.send('1')
        if (message === '2') client.pause()
      },
    })
    client.pause()
    for (const connection of endpoint.connections) {
      for (const text of ['1', '2', '3']) connection.send(text)
    }
    client.resume()
    expect(got).toEqual(['1', '2'])
    client.resume()
    expect(got).toEqual(['1', '2', '3', 'answer to 1'])
  })

  test('waits, unheard, while the session does not read', async () => {
    const heard: unknown[] = []
    const { session, events } = recording({
      open: (connection) => connection.pause(),
      message: (_connection, message) => void heard.push(message),
    })
    const endpoint = createEndpoint({ session })
    const client = await MemoryClient.connect(endpoint)
    client.send('waits')
    client.close(1000)
    expect([heard, events]).toEqual([[], []])
    for (const connection of endpoint.connections) connection.resume()
    expect(heard).toEqual(['waits'])
    expect(events).toMatchObject([{ cause: 'client', code: 1000 }])
  })
})
