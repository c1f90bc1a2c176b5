import { once } from 'node:events'
import {
  type CloseEvent,
  createEndpoint,
  type EndpointOptions,
  echo,
  type HandlerSession,
} from '@wirebeat/core'
import { adapters } from '@wirebeat/test-support'
import { WebSocket as Undici } from 'undici'
import { WebSocket as Undici6 } from 'undici-6'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket as Ws } from 'ws'
import type { ReconnectingWebSocketOptions } from '../src/options.ts'
import { ReconnectingWebSocket } from '../src/reconnecting-web-socket.ts'
import type { WebSocketClass } from '../src/web-socket.ts'

/** X of these tests, in milliseconds. */
const X = 300

const beating = { heartbeatMessage: 'beat', keepAliveInterval: X }
const classes: readonly { name: string; WebSocket: WebSocketClass }[] = [
  { name: 'ws', WebSocket: Ws },
  { name: 'undici', WebSocket: Undici },
  // That of Node 22.
  { name: 'undici 6', WebSocket: Undici6 },
]

describe.each(adapters)('against adapter $name', ({ listen }) => {
  async function serve(options: Partial<EndpointOptions>) {
    const ends: CloseEvent[] = []
    const endpoint = createEndpoint({ session: echo(), ...options })
    endpoint.on('close', (_, event) => ends.push(event))
    const listening = await listen(endpoint, { host: '127.0.0.1', port: 0 })
    const stop = async (): Promise<void> => {
      await endpoint.close({ deadline: 0 })
      await listening.close()
    }
    onTestFinished(stop)
    return { endpoint, ends, stop, port: listening.port }
  }

  function connect(server: { port: number }, options: ReconnectingWebSocketOptions) {
    const socket = new ReconnectingWebSocket(() => `ws://127.0.0.1:${server.port}/ws`, [], {
      baseDelay: 50,
      maxDelay: 200,
      ...options,
    })
    socket.binaryType = 'arraybuffer'
    onTestFinished(() => socket[Symbol.asyncDispose]())
    return socket
  }

  async function next(socket: ReconnectingWebSocket, type: string): Promise<Event> {
    const [event] = await once(socket, type)
    return event
  }

  async function until(socket: ReconnectingWebSocket, state: string): Promise<void> {
    while (socket.status.state !== state) await next(socket, 'statuschange')
  }

  describe.each(classes)('the WebSocket of $name', ({ WebSocket }) => {
    test('carries text and binary, and closes cleanly', async () => {
      const { port, ends } = await serve({})
      const socket = connect({ port }, { WebSocket })
      socket.send('é')
      socket.send(Uint8Array.of(1, 2))
      const messages: unknown[] = []
      socket.onmessage = ({ data }) => messages.push(data)
      while (messages.length < 2) await next(socket, 'message')
      expect(messages).toEqual(['é', Uint8Array.of(1, 2).buffer])
      const closed = next(socket, 'close')
      socket.close(4001, 'done')
      expect(await closed).toMatchObject({ type: 'close', code: 4001, reason: 'done' })
      await vi.waitFor(() => expect(ends).toMatchObject([{ cause: 'client', code: 4001 }]))
    })

    test('has its heartbeat answered, which keeps both ends alive', async () => {
      const { port, ends } = await serve({ ...beating, aliveOn: 'message' })
      const messages: unknown[] = []
      const socket = connect({ port }, { WebSocket, ...beating })
      socket.onmessage = ({ data }) => messages.push(data)
      await until(socket, 'open')
      const times: unknown[] = []
      while (times.length < 5) {
        await next(socket, 'statuschange')
        times.push(socket.status.roundTripTime)
      }
      expect(times).toEqual(times.map(() => expect.any(Number)))
      expect([socket.status.losses, messages, ends]).toEqual([0, [], []])
    })

    test('comes back when the server does, with what waited, and tells what is uncertain', async () => {
      const first = await serve(beating)
      const place = { port: first.port }
      const socket = connect(place, { WebSocket, ...beating, maxUnconfirmedSize: 1_000 })
      const uncertain: unknown[] = []
      socket.onuncertain = ({ data }) => uncertain.push(data)
      socket.send('confirmed')
      while (socket.status.roundTripTime === undefined) await next(socket, 'statuschange')
      socket.send('uncertain')
      const lost = until(socket, 'waiting')
      await first.stop()
      await lost
      expect(uncertain).toEqual(['uncertain'])
      socket.send('waited')
      place.port = (await serve(beating)).port
      expect(await next(socket, 'message')).toMatchObject({ data: 'waited' })
      expect(socket.status).toMatchObject({ state: 'open', losses: 1 })
    })

    test('notices a server that says nothing any more', async () => {
      const session: HandlerSession = {}
      const { port } = await serve({ session, keepAliveInterval: 0 })
      const socket = connect({ port }, { WebSocket, ...beating, shouldReconnect: () => false })
      await until(socket, 'open')
      const openedAt = performance.now()
      await until(socket, 'closed')
      expect(socket.status).toMatchObject({ cause: 'heartbeat' })
      // A clock that counts whole milliseconds, and the event that comes after the connection.
      expect(performance.now() - openedAt).toBeGreaterThanOrEqual(2 * X - 20)
    })

    test('notices at once that nobody listens', async () => {
      const { stop, port } = await serve({})
      await stop()
      const options = { WebSocket, connectTimeout: 60_000, shouldReconnect: () => false }
      const socket = connect({ port }, options)
      await until(socket, 'closed')
      expect(socket.status).toMatchObject({ cause: 'lost', code: 1006 })
    })

    test('ends after 1000 and 1008, and tries again after 1011', async () => {
      const session: HandlerSession<undefined> = {
        message: (connection, message) => connection.close(Number(message)),
      }
      const { port } = await serve({ session })
      for (const [code, state] of [
        [1000, 'closed'],
        [1008, 'closed'],
        [1011, 'waiting'],
      ] as const) {
        const socket = connect({ port }, { WebSocket })
        socket.send(`${code}`)
        await until(socket, state)
        expect(socket.status).toMatchObject({ cause: 'server', code })
      }
    })
  })
})
