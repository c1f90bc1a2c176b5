import { type Connection, prepare } from '@wirebeat/core'
import { describe, expect, test } from 'vitest'
import { createTopics } from '../src/topics.ts'
import { five, onSend, type Person, people, received } from './support/people.ts'

describe('a message', () => {
  const bytes = new Uint8Array([1, 2, 3])

  test.each([
    ['a text', 'hello', 'hello'],
    ['a Uint8Array', bytes, bytes],
    ['an ArrayBuffer', bytes.buffer, bytes],
    ['a prepared text', prepare('hello'), 'hello'],
    ['prepared bytes', prepare(bytes), bytes],
    ['prepared bytes that are a text', prepare(new Uint8Array([104, 105]), 'text'), 'hi'],
  ])('can be %s, for one subscriber and for several', async (_what, message, expected) => {
    const everybody = (await five()).slice(0, 3)
    const topics = createTopics()
    for (const { connection } of everybody) {
      topics.subscribe(connection, 'news')
      topics.publish('news', message)
    }
    const got = await Promise.all(everybody.map(received))
    expect(got.map((messages) => messages.length)).toEqual([3, 2, 1])
    for (const one of got.flat()) expect(one).toEqual(expected)
  })

  test('takes its place among what its connections are sent otherwise', async () => {
    const [ada, bob] = await five()
    const topics = createTopics()
    for (const { connection } of [ada, bob]) topics.subscribe(connection, 'news')
    ada.connection.send('1')
    topics.publish('news', '2')
    ada.connection.send('3')
    topics.publish('news', '4')
    expect(await received(ada)).toEqual(['1', '2', '3', '4'])
    expect(await received(bob)).toEqual(['2', '4'])
  })

  test('that was borrowed from the engine arrives as it was published', async () => {
    const topics = createTopics()
    const [ada, bob] = await five()
    for (const { connection } of [ada, bob]) topics.subscribe(connection, 'news')
    const borrowed = new Uint8Array([1, 2, 3])
    topics.publish('news', borrowed)
    borrowed.fill(0)
    expect([await received(ada), await received(bob)]).toEqual([[bytes], [bytes]])
  })

  test('to a hundred reaches those who are subscribed at that moment, each as it has asked for last', async () => {
    const { person } = people()
    const everybody: Person[] = []
    while (everybody.length < 100) everybody.push(await person())
    const topics = createTopics({ encodings: ['first', 'second'] })
    const [ada, bob, eve, joe] = everybody as [Person, Person, Person, Person]
    const publish = (except?: Connection): number =>
      topics.publish('news', { encode: (as) => as }, except && { except }).local
    for (const { connection } of everybody) topics.subscribe(connection, 'news')
    expect(publish()).toBe(100)
    topics.unsubscribe(ada.connection, 'news')
    expect(publish()).toBe(99)
    bob.connection.terminate()
    expect(publish()).toBe(98)
    topics.subscribe(eve.connection, 'news', { as: 'second' })
    expect(publish(joe.connection)).toBe(97)
    topics.subscribe(ada.connection, 'news')
    expect(publish()).toBe(99)
    expect(await received(ada)).toEqual(['first', 'first'])
    expect(await received(eve)).toEqual(['first', 'first', 'first', 'second', 'second'])
    expect(await received(joe)).toEqual(['first', 'first', 'first', 'first'])
  })

  test('that nobody is subscribed to reaches nobody', () => {
    expect(createTopics().publish('news', 'hello')).toMatchObject({ local: 0 })
  })
})

describe('the exceptions', () => {
  const exceptAda: readonly [string, (ada: Connection, bob: Connection) => unknown][] = [
    ['a connection', (ada) => ada],
    ['an id', (ada) => ada.id],
    ['a list with a connection', (ada) => [ada]],
    ['a set with an id', (ada) => new Set(['of-another-server', ada.id])],
    ['a list with both', (ada) => [ada, ada.id]],
  ]

  test.each(exceptAda)('can be %s', async (_what, except) => {
    const [ada, bob] = await five()
    const topics = createTopics()
    for (const { connection } of [ada, bob]) topics.subscribe(connection, 'news')
    const options = { except: except(ada.connection, bob.connection) as Connection }
    expect(topics.publish('news', 'hello', options)).toMatchObject({ local: 1 })
    expect([await received(ada), await received(bob)]).toEqual([[], ['hello']])
  })

  test('can be nobody, and somebody who is not subscribed', async () => {
    const [ada, bob] = await five()
    const topics = createTopics()
    topics.subscribe(ada.connection, 'news')
    for (const except of [[], bob.connection, 'of-another-server']) {
      expect(topics.publish('news', 'hello', { except }).local).toBe(1)
    }
  })
})

describe('encodings', () => {
  /** A payload that writes down in which encodings it was asked for. */
  function payload() {
    const asked: string[] = []
    return {
      asked,
      encode(encoding: string) {
        asked.push(encoding)
        return encoding === 'binary' ? new Uint8Array([1]) : `as ${encoding}`
      },
    }
  }

  test('each subscriber gets its own, which is asked for once', async () => {
    const everybody = await five()
    const topics = createTopics({ encodings: ['json', 'binary', 'unused'] })
    const wanted = ['json', 'binary', 'json', 'binary', undefined] as const
    everybody.forEach(({ connection }, index) => {
      const as = wanted[index]
      const slow = index === 0 ? 'skip' : 'close'
      topics.subscribe(connection, 'news', as === undefined ? {} : { as, slow })
    })
    const message = payload()
    expect(topics.publish('news', message)).toMatchObject({ local: 5 })
    expect(message.asked.sort()).toEqual(['binary', 'json'])
    const [json, binary] = ['as json', new Uint8Array([1])]
    expect(await Promise.all(everybody.map(received))).toEqual(
      [json, binary, json, binary, json].map((one) => [one]),
    )
  })

  test('an encoding is not asked for when only exceptions speak it', async () => {
    const [ada, bob] = await five()
    const topics = createTopics({ encodings: ['json', 'binary'] })
    topics.subscribe(ada.connection, 'news', { as: 'json' })
    topics.subscribe(bob.connection, 'news', { as: 'binary' })
    const message = payload()
    topics.publish('news', message, { except: bob.connection })
    topics.publish('nowhere', message)
    expect(message.asked).toEqual(['json'])
  })

  test('a plain message is the same in all of them', async () => {
    const [ada, bob] = await five()
    const topics = createTopics({ encodings: ['json', 'binary'] })
    topics.subscribe(ada.connection, 'news', { as: 'json' })
    topics.subscribe(bob.connection, 'news', { as: 'binary' })
    topics.publish('news', 'plain')
    expect([await received(ada), await received(bob)]).toEqual([['plain'], ['plain']])
  })

  test('what encode throws goes to the caller, and nobody gets anything', async () => {
    const [ada, bob] = await five()
    const topics = createTopics({ encodings: ['json', 'binary'] })
    topics.subscribe(ada.connection, 'news', { as: 'json' })
    topics.subscribe(bob.connection, 'news', { as: 'binary' })
    const encode = (encoding: string) => {
      if (encoding === 'json') return 'fine'
      throw new Error('no such thing')
    }
    expect(() => topics.publish('news', { encode })).toThrow('no such thing')
    expect([await received(ada), await received(bob)]).toEqual([[], []])
    expect(topics.publish('news', 'next')).toMatchObject({ local: 2 })
  })
})

describe('those who are subscribed when publish is called get it', () => {
  /** A payload that does something while it is being published. */
  function meanwhile(act: () => void) {
    return {
      encode() {
        act()
        return 'hello'
      },
    }
  }

  test('and not who subscribes meanwhile', async () => {
    const [ada, bob] = await five()
    const topics = createTopics()
    topics.subscribe(ada.connection, 'news')
    const act = () => void topics.subscribe(bob.connection, 'news')
    expect(topics.publish('news', meanwhile(act))).toMatchObject({ local: 1 })
    expect(await received(bob)).toEqual([])
  })

  test('also who ends meanwhile, and not who is closed meanwhile', async () => {
    const [ada, bob, cyd] = await five()
    const topics = createTopics()
    for (const { connection } of [ada, bob, cyd]) topics.subscribe(connection, 'news')
    const act = () => {
      topics.unsubscribe(ada.connection, 'news')
      bob.connection.terminate()
    }
    expect(topics.publish('news', meanwhile(act))).toMatchObject({ local: 2 })
    expect([await received(ada), await received(cyd)]).toEqual([['hello'], ['hello']])
  })

  test('those that are closing do not count', async () => {
    const { person } = people()
    const [ada, bob] = [await person({ answersClose: false }), await person()]
    const topics = createTopics()
    for (const { connection } of [ada, bob]) topics.subscribe(connection, 'news')
    ada.connection.close()
    expect(topics.count('news')).toBe(2)
    expect(topics.publish('news', 'hello')).toMatchObject({ local: 1 })
  })

  test('from outside of sessions and from inside of each handler', async () => {
    const topics = createTopics()
    const say = (what: string) => (connection: Connection) =>
      topics.publish('news', what, { except: connection })
    const { person } = people({ open: say('open'), message: say('message'), close: say('close') })
    const ada = await person()
    topics.subscribe(ada.connection, 'news')
    const bob = await person()
    bob.client.send('anything')
    bob.client.close()
    topics.publish('news', 'outside')
    expect(await received(ada)).toEqual(['open', 'message', 'close', 'outside'])
  })
})

describe('a publication that is made while another is sent', () => {
  test('comes second to everybody', async () => {
    const everybody = await five()
    const topics = createTopics()
    for (const { connection } of everybody) topics.subscribe(connection, 'news')
    let depth = 0
    onSend(everybody[1], () => {
      depth++
      if (depth <= 2) expect(topics.publish('news', `nested ${depth}`).local).toBe(5)
    })
    expect(topics.publish('news', 'first').local).toBe(5)
    const expected = ['first', 'nested 1', 'nested 2']
    for (const one of everybody) expect(await received(one)).toEqual(expected)
    expect(topics.stats()).toMatchObject({ published: 3, delivered: 15 })
  })

  test('reaches who has subscribed meanwhile, whom the first does not reach', async () => {
    const [ada, bob, cyd] = await five()
    const topics = createTopics()
    for (const { connection } of [ada, bob]) topics.subscribe(connection, 'news')
    let isFirst = true
    onSend(ada, () => {
      if (!isFirst) return
      isFirst = false
      topics.subscribe(cyd.connection, 'news')
      topics.unsubscribe(bob.connection, 'news')
      topics.publish('news', 'second')
    })
    topics.publish('news', 'first')
    expect(await received(ada)).toEqual(['first', 'second'])
    expect(await received(bob)).toEqual(['first'])
    expect(await received(cyd)).toEqual(['second'])
  })
})
