import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  type IHttpConnectionOptions,
  LogLevel,
} from '@microsoft/signalr'
import { refuse } from '@wirebeat/core'
import { adapters, can } from '@wirebeat/test-support'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serveHub } from './support/hub-server.ts'

async function start(url: string, options: IHttpConnectionOptions = {}): Promise<HubConnection> {
  const client = new HubConnectionBuilder()
    .withUrl(url, options)
    .configureLogging(LogLevel.None)
    .build()
  onTestFinished(() => client.stop())
  await client.start()
  return client
}
type Tail<List extends unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never

describe.each(adapters.filter((adapter) => can(adapter, 'plain-requests')))(
  'on adapter $name',
  (adapter) => {
    async function serve(...options: Tail<Parameters<typeof serveHub>>) {
      const server = await serveHub(adapter, ...options)
      onTestFinished(() => server.close())
      return server
    }

    describe.each([
      ['web-sockets', HttpTransportType.WebSockets],
      ['server-sent-events', HttpTransportType.ServerSentEvents],
      ['long-polling', HttpTransportType.LongPolling],
    ] as const)('by %s', (kind, transport) => {
      test('the official client negotiates, connects, and is answered', async () => {
        const { url, opened } = await serve({}, { maxConnections: 1 })
        const client = await start(url, { transport })
        expect(opened.map((connection) => [connection.id, connection.transport])).toEqual([
          [client.connectionId, kind],
        ])
        expect(await client.invoke('echo', 'hello')).toBe('hello')
        const calls = Array.from({ length: 20 }, (_, call) => client.invoke('echo', call))
        expect(await Promise.all(calls)).toEqual(calls.map((_, call) => call))
      })

      test('a long text comes back as it was', async () => {
        const { url } = await serve()
        const text = 'é𝒳\r\n '.repeat(50_000)
        expect(await (await start(url, { transport })).invoke('echo', text)).toBe(text)
      })

      test('the server learns that the official client has stopped', async () => {
        const { url, endpoint, ends } = await serve()
        const client = await start(url, { transport })
        const [connection] = endpoint.connections
        await client.stop()
        await connection?.closed
        const cause = kind === 'server-sent-events' ? 'lost' : 'client'
        expect(ends.map((end) => end.cause)).toEqual([cause])
      })

      test('the official client learns that the server has closed', async () => {
        const { url, opened, ends } = await serve()
        const client = await start(url, { transport })
        const closed = new Promise((resolve) => client.onclose(resolve))
        opened[0]?.close()
        await closed
        await opened[0]?.closed
        expect(ends.map((end) => end.cause)).toEqual(['server'])
      })

      test('a shutdown ends the connection of the official client', async () => {
        const { url, endpoint } = await serve()
        const client = await start(url, { transport })
        const closed = new Promise((resolve) => client.onclose(resolve))
        const report = await endpoint.close({ deadline: 2_000 })
        await closed
        expect(report).toMatchObject({ total: 1, terminated: 0, causes: { shutdown: 1 } })
      })
    })

    test('the official client takes the next transport that it is offered', async () => {
      const { url, opened } = await serve({ transports: ['server-sent-events', 'long-polling'] })
      expect(await (await start(url)).invoke('echo', 'hello')).toBe('hello')
      expect(opened[0]?.transport).toBe('server-sent-events')
    })

    test('the official client needs not negotiate', async () => {
      const { url, opened } = await serve()
      const client = await start(url, {
        skipNegotiation: true,
        transport: HttpTransportType.WebSockets,
      })
      expect(await client.invoke('echo', 'hello')).toBe('hello')
      expect(opened).toHaveLength(1)
    })

    test('the official client comes to a path with a / at its end', async () => {
      const { url } = await serve()
      expect(await (await start(`${url}/`)).invoke('echo', 'hello')).toBe('hello')
    })

    test('the official client sends its token when it negotiates and when it connects', async () => {
      const { url } = await serve(
        {},
        {
          authorize: ({ headers }) =>
            headers.get('authorization') === 'Bearer me' ? 'me' : refuse(401),
        },
      )
      const client = await start(url, { accessTokenFactory: () => 'me' })
      expect(await client.invoke('echo', 'hello')).toBe('hello')
      await expect(start(url)).rejects.toThrow('401')
    })

    test('the official client follows a redirect, and takes the token that comes with it', async () => {
      const other = await serve(
        {},
        {
          authorize: ({ headers }) =>
            headers.get('authorization') === 'Bearer other' ? 'other' : refuse(401),
        },
      )
      const { url } = await serve({
        redirect: () => ({ url: other.url, accessToken: 'other' }),
      })
      const client = await start(url)
      expect(await client.invoke('echo', 'hello')).toBe('hello')
      expect(other.opened.map(({ id }) => id)).toEqual([client.connectionId])
    })
  },
)
