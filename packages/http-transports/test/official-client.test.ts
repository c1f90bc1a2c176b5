import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  type IHttpConnectionOptions,
  LogLevel,
} from '@microsoft/signalr'
import { type Connection, createEndpoint, type EndpointOptions, refuse } from '@wirebeat/core'
import { adapters, can } from '@wirebeat/test-support'
import { describe, expect, onTestFinished, test } from 'vitest'
import { httpTransports } from '../src/index.ts'
import type { HttpTransportsOptions } from '../src/options.ts'

const END = '\x1e'

/** As much of a hub as a client needs: it answers each call with its first argument. */
function answer(connection: Connection, text: string): void {
  for (const record of text.split(END).slice(0, -1)) {
    const { type, invocationId, arguments: given } = JSON.parse(record)
    if (type === undefined) connection.send(`{}${END}`)
    if (type === 1) {
      connection.send(JSON.stringify({ type: 3, invocationId, result: given[0] }) + END)
    }
  }
}

describe.each(adapters.filter((adapter) => can(adapter, 'plain-requests')))(
  'on adapter $name',
  ({ listen }) => {
    async function serve(
      transports: HttpTransportsOptions = {},
      options: Partial<EndpointOptions<unknown>> = {},
    ) {
      const opened: Connection[] = []
      const endpoint = createEndpoint<unknown>({
        path: '/hub',
        authorize: () => 'anybody',
        session: {
          open: (connection) => opened.push(connection),
          message: (connection, message) => answer(connection, String(message)),
        },
        httpTransports: httpTransports(transports),
        ...options,
      })
      const server = await listen(endpoint, { host: '127.0.0.1', port: 0 })
      onTestFinished(async () => {
        await endpoint.close({ deadline: 0 })
        await server.close()
      })
      return { endpoint, opened, url: `http://127.0.0.1:${server.port}/hub` }
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
