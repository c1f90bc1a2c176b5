import type { CloseEvent } from '@wirebeat/core'
import { describe, expect, test } from 'vitest'
import { createTopics } from '../src/topics.ts'
import { people, received } from './support/people.ts'

const MESSAGE = 'x'.repeat(100)
/** As much as the network takes of somebody who does not read: two messages. */
const networkBuffer = 200

/** A slow and a quick subscriber of `news`, and what `lagged` tells. */
async function slowAndQuick(slow: 'close' | 'skip', maxBufferedAmount = 2 ** 20) {
  const topics = createTopics()
  const lags: unknown[] = []
  topics.on('lagged', (connection, topic, missed) => lags.push([connection, topic, missed]))
  const ends: CloseEvent[] = []
  const session = { close: (_: unknown, event: CloseEvent) => void ends.push(event) }
  const { person } = people(session, { maxBufferedAmount })
  const [slowOne, quick] = [await person({ networkBuffer }), await person()]
  topics.subscribe(slowOne.connection, 'news', { slow })
  topics.subscribe(quick.connection, 'news', { slow })
  slowOne.client.pause()
  /** Publishes so many, and says how many of the two got each. */
  const publish = (count: number) =>
    Array.from({ length: count }, () => topics.publish('news', MESSAGE).local)
  return { topics, lags, ends, slow: slowOne, quick, publish }
}

describe("a slow subscriber with slow: 'close'", () => {
  test('is closed as slow-consumer, and the others get everything', async () => {
    const { slow, quick, ends, publish, topics } = await slowAndQuick('close', 250)
    // Two are with the network, three wait, and the next one is more than the connection may hold.
    expect(publish(7)).toEqual([2, 2, 2, 2, 2, 1, 1])
    expect(slow.connection.isOpen).toBe(false)
    slow.client.resume()
    await slow.connection.closed
    expect(ends).toMatchObject([{ code: 1008, cause: 'slow-consumer' }])
    expect(topics.subscribers('news')).toEqual([quick.connection])
    expect(await received(quick)).toHaveLength(7)
  })
})

describe("a slow subscriber with slow: 'skip'", () => {
  test('is left out from the first message that waits until the drain, and told what it missed', async () => {
    const { slow, quick, lags, publish, topics } = await slowAndQuick('skip')
    expect(publish(7)).toEqual([2, 2, 2, 1, 1, 1, 1])
    expect(lags).toEqual([])
    slow.client.resume()
    expect(lags).toEqual([[slow.connection, 'news', 4]])
    expect(publish(1)).toEqual([2])
    expect(await received(slow)).toHaveLength(4)
    expect(await received(quick)).toHaveLength(8)
    expect(topics.stats()).toMatchObject({ delivered: 12, skipped: 4 })
  })

  test('is told before it gets the next message, so that the state of now can be sent first', async () => {
    const { slow, publish, topics } = await slowAndQuick('skip')
    topics.on('lagged', (connection) => connection.send('the state of now'))
    publish(4)
    slow.client.resume()
    topics.publish('news', 'next')
    expect((await received(slow)).slice(-2)).toEqual(['the state of now', 'next'])
  })

  test('is told for each topic, and of a second time anew', async () => {
    const { slow, lags, publish, topics } = await slowAndQuick('skip')
    topics.subscribe(slow.connection, 'weather', { slow: 'skip' })
    topics.subscribe(slow.connection, 'quiet', { slow: 'skip' })
    publish(4)
    topics.publish('weather', 'rain')
    slow.client.resume()
    const { connection } = slow
    expect(lags).toEqual([
      [connection, 'news', 1],
      [connection, 'weather', 1],
    ])
    slow.client.pause()
    publish(5)
    slow.client.resume()
    expect(lags.slice(2)).toEqual([[connection, 'news', 2]])
  })

  test('is told nothing when it missed nothing', async () => {
    const { slow, lags, publish } = await slowAndQuick('skip')
    publish(3)
    slow.client.resume()
    expect(lags).toEqual([])
  })

  test('gets what it is sent otherwise, and the messages of a topic that does not skip', async () => {
    const { slow, publish, topics } = await slowAndQuick('skip')
    topics.subscribe(slow.connection, 'orders')
    publish(4)
    expect(topics.publish('orders', 'order').local).toBe(1)
    slow.connection.send('direct')
    slow.client.resume()
    expect((await received(slow)).slice(3)).toEqual(['order', 'direct'])
  })

  test('is not told of a subscription that has ended since, nor is a new one told of its past', async () => {
    const { slow, lags, publish, topics } = await slowAndQuick('skip')
    topics.subscribe(slow.connection, 'weather', { slow: 'skip' })
    publish(4)
    topics.publish('weather', 'rain')
    topics.unsubscribe(slow.connection, 'weather')
    topics.subscribe(slow.connection, 'news', { slow: 'skip' })
    slow.client.resume()
    expect(lags).toEqual([])
  })

  test('is told nothing when it ends instead', async () => {
    const { slow, lags, publish } = await slowAndQuick('skip')
    publish(4)
    slow.connection.close()
    slow.client.resume()
    await slow.connection.closed
    expect(lags).toEqual([])
  })

  test('is told nothing while it is closing', async () => {
    const topics = createTopics()
    const lags: unknown[] = []
    topics.on('lagged', () => lags.push('lagged'))
    const { person } = people()
    const { client, connection } = await person({ networkBuffer, answersClose: false })
    topics.subscribe(connection, 'news', { slow: 'skip' })
    client.pause()
    for (let count = 0; count < 4; count++) topics.publish('news', MESSAGE)
    expect(topics.stats().skipped).toBe(1)
    connection.close()
    client.resume()
    expect(lags).toEqual([])
  })

  test('a listener that ends its subscription to another topic keeps that from being told', async () => {
    const { slow, lags, publish, topics } = await slowAndQuick('skip')
    topics.subscribe(slow.connection, 'weather', { slow: 'skip' })
    topics.on('lagged', (connection) => topics.unsubscribe(connection, 'weather'))
    publish(4)
    topics.publish('weather', 'rain')
    slow.client.resume()
    expect(lags).toEqual([[slow.connection, 'news', 1]])
  })
})
