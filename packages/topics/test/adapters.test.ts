import { once } from 'node:events'
import {
  type CloseEvent,
  type Connection,
  createEndpoint,
  type EndpointOptions,
} from '@wirebeat/core'
import { adapters } from '@wirebeat/test-support'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { createTopics } from '../src/topics.ts'

const KIB = 1024

/** A client that counts the messages that it has received. */
interface Subscriber {
  readonly client: WebSocket
  readonly connection: Connection
  readonly messages: string[]
}

describe.each(adapters)('on adapter $name', (adapter) => {
  /** Connects subscribers to a server of their own. */
  async function serve(options: Partial<EndpointOptions> = {}) {
    const ends = new Map<Connection, CloseEvent>()
    const opened: Connection[] = []
    const endpoint = createEndpoint({
      session: {
        open: (connection) => opened.push(connection),
        close: (connection, event) => ends.set(connection, event),
      },
      ...options,
    })
    const server = await adapter.listen(endpoint, { host: '127.0.0.1', port: 0 })
    onTestFinished(async () => {
      await endpoint.close({ deadline: 0 })
      await server.close()
    })
    return {
      ends,
      async subscriber(): Promise<Subscriber> {
        const client = new WebSocket(`ws://127.0.0.1:${server.port}/`)
        const messages: string[] = []
        client.on('message', (data) => messages.push(String(data)))
        await once(client, 'open')
        // One client is opened after the other.
        return { client, connection: opened.at(-1) as Connection, messages }
      },
    }
  }

  async function until(condition: () => boolean, client: WebSocket): Promise<void> {
    while (!condition()) await once(client, 'message')
  }

  test.each([
    { slow: 'skip', compression: false },
    { slow: 'close', compression: false },
    { slow: 'skip', compression: true },
    { slow: 'close', compression: true },
  ] as const)(
    'nobody who reads is slow for what one turn brings, with slow $slow and compression $compression',
    async ({ slow, compression }) => {
      const { subscriber } = await serve({ maxBufferedAmount: 64 * KIB, compression })
      const topics = createTopics()
      const everybody = [await subscriber(), await subscriber(), await subscriber()]
      for (const { connection } of everybody) topics.subscribe(connection, 'news', { slow })
      const messages = Array.from({ length: 32 }, (_, number) => `${number} `.repeat(2 * KIB))
      for (const message of messages)
        expect(topics.publish('news', message)).toMatchObject({ local: 3 })
      for (const { client, messages: got } of everybody) {
        await until(() => got.length === messages.length, client)
        expect(got).toEqual(messages)
      }
    },
  )

  test('a slow one that is skipped is told how many it has missed, and gets all others', async () => {
    const { subscriber } = await serve()
    const topics = createTopics()
    const [slow, quick] = [await subscriber(), await subscriber()]
    topics.subscribe(slow.connection, 'news', { slow: 'skip' })
    topics.subscribe(quick.connection, 'news', { slow: 'skip' })
    const lagged = new Promise<number>((resolve) => {
      topics.on('lagged', (connection, _topic, missed) => {
        expect(connection).toBe(slow.connection)
        resolve(missed)
      })
    })
    slow.client.pause()
    let published = 0
    const publish = () => topics.publish('news', `${published++} ${'x'.repeat(16 * KIB)}`)
    while (topics.stats().skipped < 10) {
      publish()
      await until(() => quick.messages.length === published, quick.client)
    }
    const before = published
    slow.client.resume()
    const missed = await lagged
    expect(missed).toBe(10)
    publish()
    await until(() => slow.messages.length === published - missed, slow.client)
    const numbers = slow.messages.map((message) => Number.parseInt(message, 10))
    const expected = Array.from({ length: before - missed }, (_, number) => number)
    expect(numbers).toEqual([...expected, before])
    await until(() => quick.messages.length === published, quick.client)
  })

  test('a slow one is closed as slow-consumer, and the others get everything', async () => {
    const { subscriber, ends } = await serve({ maxBufferedAmount: 128 * KIB })
    const topics = createTopics()
    const [slow, quick] = [await subscriber(), await subscriber()]
    for (const { connection } of [slow, quick]) topics.subscribe(connection, 'news')
    slow.client.pause()
    let published = 0
    while (slow.connection.isOpen) {
      topics.publish('news', `${published++} ${'x'.repeat(16 * KIB)}`)
      await until(() => quick.messages.length === published, quick.client)
    }
    expect(topics.publish('news', 'next')).toMatchObject({ local: 1 })
    slow.client.resume()
    await slow.connection.closed
    expect(ends.get(slow.connection)).toMatchObject({ code: 1008, cause: 'slow-consumer' })
    expect(topics.subscribers('news')).toEqual([quick.connection])
    await until(() => quick.messages.at(-1) === 'next', quick.client)
    expect(quick.messages).toHaveLength(published + 1)
  })
})
