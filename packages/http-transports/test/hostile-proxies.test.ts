import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  type IHttpConnectionOptions,
  LogLevel,
} from '@microsoft/signalr'
import { adapters, can } from '@wirebeat/test-support'
import { type Harm, serveThrough } from '@wirebeat/test-support/hostile-proxy'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { HttpTransportsOptions } from '../src/index.ts'
import { serveHub } from './support/hub-server.ts'

/** How long the client waits for a word of the server, in milliseconds. Its default is 30 s. */
const CLIENT_WAITS = 2_000

const { ServerSentEvents, LongPolling } = HttpTransportType

function build(url: string, options: IHttpConnectionOptions = {}): HubConnection {
  const client = new HubConnectionBuilder()
    .withUrl(url, options)
    .withServerTimeout(CLIENT_WAITS)
    .configureLogging(LogLevel.None)
    .build()
  onTestFinished(() => client.stop())
  return client
}

describe.each(adapters.filter((adapter) => can(adapter, 'plain-requests')))(
  'the official client on $name',
  (adapter) => {
    async function serve(harm: Harm, transports?: HttpTransportsOptions) {
      const server = await serveHub(adapter, transports)
      onTestFinished(() => server.close())
      const { port, pathname } = new URL(server.url)
      const proxy = await serveThrough(port, harm)
      onTestFinished(() => proxy.close())
      return { ...server, url: proxy.origin + pathname }
    }

    test.each([
      ['refuses upgrades', { upgrades: 'refuse', streams: 'pass' }, 'server-sent-events'],
      ['drops upgrades', { upgrades: 'drop', streams: 'pass' }, 'server-sent-events'],
      [
        'refuses upgrades and holds streams until it gives them up',
        { upgrades: 'refuse', streams: 'hold' },
        'long-polling',
      ],
    ] as const)('falls back by itself where a proxy %s', async (_name, harm, kind) => {
      const { url, opened } = await serve(harm)
      const client = build(url)
      await client.start()
      expect(await client.invoke('echo', 'hello')).toBe('hello')
      expect(opened.at(-1)?.transport).toBe(kind)
      expect(opened.at(-1)?.id).toBe(client.connectionId)
    })

    test('is reached by padding where a proxy holds the first 4 KiB of streams', async () => {
      const harm = { upgrades: 'refuse', streams: 'hold-start' } as const
      const { url, opened } = await serve(harm, { streamPadding: 4_096 })
      const client = build(url)
      await client.start()
      expect(await client.invoke('echo', 'hello')).toBe('hello')
      expect(opened.at(-1)?.transport).toBe('server-sent-events')
    })

    // The client takes a transport that has opened for one that works, with any server.
    test.each([
      [
        'swallows frames',
        { upgrades: 'swallow', streams: 'pass' },
        ServerSentEvents | LongPolling,
        'server-sent-events',
      ],
      [
        'passes the heads of streams and holds the rest',
        { upgrades: 'refuse', streams: 'hold-body' },
        LongPolling,
        'long-polling',
      ],
      [
        'holds the first 4 KiB of streams',
        { upgrades: 'refuse', streams: 'hold-start' },
        LongPolling,
        'long-polling',
      ],
    ] as const)(
      'fails in time where a proxy %s, and may be told to fall back',
      async (_name, harm, transport, kind) => {
        const { url, opened, endpoint } = await serve(harm)
        const first = build(url)
        await expect(first.start()).rejects.toThrow('Server timeout elapsed')
        const client = build(url, { transport })
        await client.start()
        expect(await client.invoke('echo', 'hello')).toBe('hello')
        expect(opened.at(-1)?.transport).toBe(kind)
        // Nothing is left of the first.
        await expect.poll(() => endpoint.connections.size, { timeout: 10_000 }).toBe(1)
      },
    )
  },
)
