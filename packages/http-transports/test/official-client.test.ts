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

type Tail<List extends unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never

describe.each(adapters.filter((adapter) => can(adapter, 'plain-requests')))(
  'on adapter $name',
  (adapter) => {
    async function serve(...options: Tail<Parameters<typeof serveHub>>) {
      const server = await serveHub(adapter, ...options)
      onTestFinished(() => server.close())
      return server
    }

    async function start(
      url: string,
      options: IHttpConnectionOptions = {},
    ): Promise<HubConnection> {
      const client = new HubConnectionBuilder()
        .withUrl(url, options)
        .configureLogging(LogLevel.None)
        .build()
      onTestFinished(() => client.stop())
      await client.start()
      return client
    }

    test('the official client negotiates, opens a WebSocket and is answered', async () => {
      const { url, opened } = await serve({}, { maxConnections: 1 })
      const client = await start(url)
      expect(opened.map(({ id, transport }) => [id, transport])).toEqual([
        [client.connectionId, 'web-sockets'],
      ])
      expect(await client.invoke('echo', 'hello')).toBe('hello')
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
