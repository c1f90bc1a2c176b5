import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createTopics } from '../src/topics.ts'
import { five, people, received } from './support/people.ts'

/** A listener for the events of a topics that writes them down. */
function noted(topics: ReturnType<typeof createTopics>): string[] {
  const events: string[] = []
  topics.on('open', (topic) => events.push(`open ${topic}`))
  topics.on('close', (topic) => events.push(`close ${topic}`))
  return events
}

describe('a subscription', () => {
  test('brings what is published from then on', async () => {
    const [ada, bob] = await five()
    const topics = createTopics()
    topics.subscribe(ada.connection, 'news')
    topics.publish('news', 'one')
    topics.subscribe(bob.connection, 'news')
    topics.publish('news', 'two')
    expect(await received(ada)).toEqual(['one', 'two'])
    expect(await received(bob)).toEqual(['two'])
  })

  test('ends by its own end(), once', async () => {
    const [ada] = await five()
    const topics = createTopics()
    const subscription = topics.subscribe(ada.connection, 'news')
    expect(subscription).toMatchObject({ topic: 'news', isActive: true })
    subscription.end()
    expect(subscription.isActive).toBe(false)
    subscription.end()
    expect(topics.publish('news', 'late').local).toBe(0)
    expect(await received(ada)).toEqual([])
  })

  test('ends by unsubscribe, whoever made it', async () => {
    const [ada] = await five()
    const topics = createTopics()
    const subscription = topics.subscribe(ada.connection, 'news')
    expect(topics.unsubscribe(ada.connection, 'news')).toBe(true)
    expect(topics.unsubscribe(ada.connection, 'news')).toBe(false)
    expect(subscription.isActive).toBe(false)
  })

  test('is another one than a later one of the same connection', async () => {
    const [ada] = await five()
    const topics = createTopics()
    const first = topics.subscribe(ada.connection, 'news')
    topics.unsubscribe(ada.connection, 'news')
    const second = topics.subscribe(ada.connection, 'news')
    first.end()
    expect([first.isActive, second.isActive]).toEqual([false, true])
    expect(topics.count('news')).toBe(1)
  })

  test('takes the place of an earlier one, and its connection gets each message once', async () => {
    const [ada] = await five()
    const topics = createTopics({ encodings: ['short', 'long'] })
    const first = topics.subscribe(ada.connection, 'news', { as: 'short' })
    const second = topics.subscribe(ada.connection, 'news', { as: 'long' })
    expect([first.isActive, second.isActive, topics.count('news')]).toEqual([false, true, 1])
    first.end()
    topics.publish('news', { encode: (encoding) => encoding })
    expect(await received(ada)).toEqual(['long'])
  })

  test('is not told from another by a number that was used before', async () => {
    const [ada, bob] = await five()
    const topics = createTopics()
    const old = topics.subscribe(ada.connection, 'news')
    old.end()
    const next = topics.subscribe(bob.connection, 'weather')
    old.end()
    expect([old.isActive, next.isActive]).toEqual([false, true])
  })
})

describe('a subscription and its connection', () => {
  test.each(['the client closes', 'the client vanishes', 'the server terminates'] as const)(
    'end together when %s',
    async (how) => {
      const [ada, bob] = await five()
      const topics = createTopics()
      const events = noted(topics)
      const subscription = topics.subscribe(ada.connection, 'a')
      topics.subscribe(ada.connection, 'both')
      topics.subscribe(bob.connection, 'both')
      if (how === 'the client closes') ada.client.close()
      else if (how === 'the client vanishes') ada.client.vanish()
      else ada.connection.terminate()
      await ada.connection.closed
      expect(subscription.isActive).toBe(false)
      expect(topics.topicsOf(ada.connection)).toEqual([])
      expect(topics.subscribers('both')).toEqual([bob.connection])
      expect(events).toEqual(['open a', 'open both', 'close a'])
    },
  )

  test('the session still knows its topics in close, where it can say good-bye', async () => {
    const topics = createTopics()
    const seen: (readonly string[])[] = []
    const { person } = people({
      close(connection) {
        seen.push(topics.topicsOf(connection))
        for (const topic of topics.topicsOf(connection)) topics.publish(topic, 'gone')
      },
    })
    const [ada, bob] = [await person(), await person()]
    for (const { connection } of [ada, bob]) topics.subscribe(connection, 'room')
    ada.client.close()
    expect(seen).toEqual([['room']])
    expect(await received(bob)).toEqual(['gone'])
  })

  test('a connection that is closing or has ended is refused, without an error', async () => {
    const topics = createTopics()
    const events = noted(topics)
    const { person } = people()
    const ada = await person({ answersClose: false })
    ada.connection.close()
    const refused = topics.subscribe(ada.connection, 'news')
    expect(refused).toMatchObject({ topic: 'news', isActive: false })
    refused.end()
    ada.client.vanish()
    expect(topics.subscribe(ada.connection, 'news').isActive).toBe(false)
    expect(topics.stats()).toMatchObject({ topics: 0, subscriptions: 0 })
    expect(events).toEqual([])
  })

  test('connections of several endpoints subscribe to one topic', async () => {
    const topics = createTopics()
    const [[ada], [bob]] = [await five(), await five()]
    for (const { connection } of [ada, bob]) topics.subscribe(connection, 'room')
    expect(topics.publish('room', 'hello').local).toBe(2)
    expect([await received(ada), await received(bob)]).toEqual([['hello'], ['hello']])
  })
})

describe('what topics tell', () => {
  test('who is subscribed to what, in the order of the subscriptions', async () => {
    const [ada, bob, cyd] = await five()
    const topics = createTopics()
    for (const { connection } of [bob, ada, cyd]) topics.subscribe(connection, 'room')
    topics.subscribe(ada.connection, 'attic')
    topics.unsubscribe(bob.connection, 'room')
    topics.subscribe(bob.connection, 'room')
    expect(topics.subscribers('room')).toEqual([ada, cyd, bob].map((one) => one.connection))
    expect(topics.topicsOf(ada.connection)).toEqual(['room', 'attic'])
    expect([topics.count('room'), topics.count('attic'), topics.count('cellar')]).toEqual([3, 1, 0])
  })

  test('what they list does not change afterwards', async () => {
    const [ada] = await five()
    const topics = createTopics()
    topics.subscribe(ada.connection, 'room')
    const [who, what, figures] = [
      topics.subscribers('room'),
      topics.topicsOf(ada.connection),
      topics.stats(),
    ]
    topics.unsubscribe(ada.connection, 'room')
    expect([who, what, figures.topics]).toEqual([[ada.connection], ['room'], 1])
  })

  test('that a topic has a first subscriber, and none any more', async () => {
    const [ada, bob] = await five()
    const topics = createTopics()
    const events = noted(topics)
    topics.subscribe(ada.connection, 'room')
    topics.subscribe(bob.connection, 'room')
    topics.unsubscribe(ada.connection, 'room')
    topics.unsubscribe(bob.connection, 'room')
    topics.subscribe(bob.connection, 'room')
    expect(events).toEqual(['open room', 'close room', 'open room'])
  })

  test('a listener that throws goes to onError, and the others are called', async () => {
    const [ada] = await five()
    const errors: unknown[] = []
    const topics = createTopics({ onError: (error, { event }) => errors.push([event, error]) })
    topics.on('open', () => {
      throw new Error('a')
    })
    const events = noted(topics)
    topics.subscribe(ada.connection, 'room')
    expect(errors).toEqual([['open', new Error('a')]])
    expect(events).toEqual(['open room'])
  })

  test('an onError that throws or rejects changes nothing', async () => {
    const rejections: unknown[] = []
    const note = (error: unknown) => rejections.push(error)
    process.on('unhandledRejection', note)
    for (const onError of [
      () => {
        throw new Error('the log is full')
      },
      async () => {
        throw new Error('the log is away')
      },
    ]) {
      const [ada] = await five()
      const topics = createTopics({ onError })
      topics.on('close', () => {
        throw new Error('a')
      })
      for (const topic of ['room', 'attic']) topics.subscribe(ada.connection, topic)
      ada.client.close()
      await ada.connection.closed
      expect(topics.stats()).toMatchObject({ topics: 0, subscriptions: 0 })
    }
    // Rejections are told after the turn in which nobody has handled them.
    await setImmediate()
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })

  test('how much they did', async () => {
    const [ada, bob] = await five()
    const topics = createTopics()
    for (const { connection } of [ada, bob]) topics.subscribe(connection, 'room')
    topics.subscribe(ada.connection, 'attic')
    topics.publish('room', 'a')
    topics.publish('nowhere', 'b')
    expect(topics.stats()).toEqual({
      topics: 2,
      subscriptions: 3,
      published: 2,
      delivered: 2,
      skipped: 0,
      relayed: 0,
      received: 0,
      gaps: 0,
      stale: 0,
      unreadable: 0,
      channels: 0,
      asked: 0,
      answers: 0,
    })
  })
})

describe('close()', () => {
  test('ends all subscriptions and closes no connection', async () => {
    const [ada, bob] = await five()
    const topics = createTopics()
    const events = noted(topics)
    const subscription = topics.subscribe(ada.connection, 'room')
    topics.subscribe(bob.connection, 'room')
    topics.subscribe(bob.connection, 'attic')
    await topics.close()
    expect(subscription.isActive).toBe(false)
    expect(topics.stats()).toMatchObject({ topics: 0, subscriptions: 0 })
    expect(events).toEqual(['open room', 'open attic', 'close room', 'close attic'])
    expect(ada.connection.isOpen && bob.connection.isOpen).toBe(true)
  })

  test('refuses later subscriptions, and what is published reaches nobody', async () => {
    const [ada] = await five()
    const topics = createTopics()
    await topics.close()
    expect(topics.subscribe(ada.connection, 'room').isActive).toBe(false)
    expect(topics.publish('room', 'late')).toMatchObject({ local: 0 })
    await topics.close()
  })
})
