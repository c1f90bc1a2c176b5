import { prepare } from '@wirebeat/core'
import { ManualClock } from '@wirebeat/core/testing'
import { describe, expect, test } from 'vitest'
import { createBroker } from '../../src/testing.ts'
import { createTopics } from '../../src/topics.ts'
import { onSend, received } from '../support/people.ts'
import { pass, settle, texts, twoServers } from '../support/several-servers.ts'

describe('a publication', () => {
  test('reaches the subscribers of every server once, in order', async () => {
    const { one, two, settle } = await twoServers()
    const [ada, bob] = [await one.person(), await two.person()]
    one.topics.subscribe(ada.connection, 'room')
    const subscription = two.topics.subscribe(bob.connection, 'room')
    await settle()
    expect(await subscription.relayed).toBe(true)
    const outcomes = ['a', 'b', 'c'].map((text) => one.topics.publish('room', text))
    await settle()
    expect(outcomes.map(({ local, relay }) => ({ local, relay }))).toEqual(
      Array(3).fill({ local: 1, relay: 'handed-over' }),
    )
    expect(await outcomes[2]?.confirmed()).toBe(true)
    expect(await texts(ada)).toEqual(['a', 'b', 'c'])
    expect(await texts(bob)).toEqual(['a', 'b', 'c'])
  })

  test('that is made while another is sent comes second on other servers too', async () => {
    const { one, two, settle } = await twoServers()
    const [ada, bob] = [await one.person(), await two.person()]
    one.topics.subscribe(ada.connection, 'room')
    two.topics.subscribe(bob.connection, 'room')
    await settle()
    let isFirst = true
    onSend(ada, () => {
      if (!isFirst) return
      isFirst = false
      one.topics.publish('room', 'second')
    })
    one.topics.publish('room', 'first')
    await settle()
    expect(await texts(bob)).toEqual(['first', 'second'])
  })

  test('leaves with all others of its turn, in one call', async () => {
    const { one, settle } = await twoServers()
    const before = one.backplane.calls.publish
    for (let count = 0; count < 100; count++) one.topics.publish(`room:${count % 7}`, 'hello')
    await settle()
    expect(one.backplane.calls.publish - before).toBe(1)
  })

  test('is for this server only with local: true', async () => {
    const { one, two, settle } = await twoServers()
    const bob = await two.person()
    two.topics.subscribe(bob.connection, 'room')
    await settle()
    const outcome = one.topics.publish('room', 'here', { local: true })
    await settle()
    expect(outcome.relay).toBe('none')
    expect(await texts(bob)).toEqual([])
  })

  test('does not reach connections of other servers that are excepted by their id', async () => {
    const { one, two, settle } = await twoServers()
    const [ada, bob] = [await two.person(), await two.person()]
    two.topics.subscribe(ada.connection, 'room')
    two.topics.subscribe(bob.connection, 'room')
    await settle()
    one.topics.publish('room', 'hello', { except: [ada.connection.id] })
    await settle()
    expect(await texts(ada)).toEqual([])
    expect(await texts(bob)).toEqual(['hello'])
  })

  test('keeps whether it is text or binary', async () => {
    const { one, two, settle } = await twoServers()
    const bob = await two.person()
    two.topics.subscribe(bob.connection, 'room')
    await settle()
    one.topics.publish('room', new Uint8Array([1, 2]))
    one.topics.publish('room', 'grün')
    await settle()
    expect(await bob.client.message()).toEqual(new Uint8Array([1, 2]))
    expect(await bob.client.message()).toBe('grün')
  })

  test('reaches who comes back within a second, though nobody waited when the broker confirmed the topic', async () => {
    const { one, two, settle } = await twoServers()
    const bob = await two.person()
    two.backplane.silence()
    const subscription = two.topics.subscribe(bob.connection, 'room')
    await settle()
    subscription.end()
    two.backplane.resume()
    await settle()
    expect(await two.topics.subscribe(bob.connection, 'room').relayed).toBe(true)
    one.topics.publish('room', 'hello')
    await settle()
    expect(await texts(bob)).toEqual(['hello'])
  })

  test('is encoded once for each encoding, and other servers choose', async () => {
    const broker = createBroker()
    const { clock, two, settle } = await twoServers()
    const encodings = ['json', 'binary'] as const
    const here = createTopics({ encodings, backplane: broker.backplane(), clock })
    const there = createTopics({ encodings, backplane: broker.backplane(), clock })
    await settle()
    const [ada, bob] = [await two.person(), await two.person()]
    there.subscribe(ada.connection, 'room', { as: 'json' })
    there.subscribe(bob.connection, 'room', { as: 'binary' })
    await settle()
    const asked: string[] = []
    here.publish('room', {
      encode(encoding) {
        asked.push(encoding)
        return encoding === 'json' ? '{}' : new Uint8Array([7])
      },
    })
    await settle()
    expect(asked).toEqual(['json', 'binary'])
    expect(await ada.client.message()).toBe('{}')
    expect(await bob.client.message()).toEqual(new Uint8Array([7]))
  })

  test('is counted and told where it lacks an encoding that somebody needs, and the others get it', async () => {
    const { broker, clock, one, settle } = await twoServers()
    const there = createTopics({ encodings: ['raw', 'new'], backplane: broker.backplane(), clock })
    const told: string[] = []
    there.on('unreadable', ({ message }) => told.push(message))
    const [ada, bob, cyd] = [await one.person(), await one.person(), await one.person()]
    there.subscribe(ada.connection, 'room')
    there.subscribe(bob.connection, 'room', { as: 'new' })
    there.subscribe(cyd.connection, 'room', { as: 'new', slow: 'skip' })
    await settle()
    one.topics.publish('room', { encode: (encoding) => encoding })
    await settle()
    expect(await Promise.all([ada, bob, cyd].map(texts))).toEqual([['raw'], [], []])
    expect(told).toEqual(['A publication to "room" does not have the encoding "new".'])
    expect(there.stats()).toMatchObject({ unreadable: 1, received: 1 })
  })

  test('is counted and told where its text is not UTF-8, and reaches no client', async () => {
    const { one, two, settle } = await twoServers()
    const bob = await two.person()
    two.topics.subscribe(bob.connection, 'room')
    await settle()
    one.topics.publish('room', prepare(new Uint8Array([0xc3, 0x28]), 'text'))
    one.topics.publish('room', prepare(new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xa4]), 'text'))
    await settle()
    expect(await received(bob)).toEqual(['\ufeffä'])
    expect(two.unreadable).toEqual(['A publication to "room" has a text that is not UTF-8.'])
    expect(two.topics.stats()).toMatchObject({ unreadable: 1, received: 2, gaps: 0 })
  })

  test.each(['a.*', '>', '*', 'a b', 'a=20b', 'Ä', 'a?', '[ab]'])(
    'to the topic %j is heard by nobody else',
    async (topic) => {
      const { one, two, settle } = await twoServers()
      const [ada, bob] = [await two.person(), await two.person()]
      two.topics.subscribe(ada.connection, topic)
      for (const other of ['a.b', 'ab', 'a', 'b', 'a=b', 'a.']) {
        two.topics.subscribe(bob.connection, other)
      }
      await settle()
      one.topics.publish(topic, 'hello')
      await settle()
      expect(await texts(ada)).toEqual(['hello'])
      expect(await texts(bob)).toEqual([])
      for (const channel of two.backplane.channels) expect(channel).toMatch(/^[\w=-]{1,800}$/)
    },
  )

  test('that is too large for the backplane is refused, and nobody gets it', async () => {
    const clock = (await twoServers()).clock
    const topics = createTopics({
      backplane: createBroker({ maxPayload: 1_024 }).backplane(),
      clock,
    })
    await settle(clock)
    const { two } = await twoServers()
    const ada = await two.person()
    topics.subscribe(ada.connection, 'room')
    expect(() => topics.publish('room', 'x'.repeat(1_024))).toThrow(RangeError)
    expect(() => topics.publish('room', 'x'.repeat(1_024))).toThrow(
      /^A message must have at most 9\d\d bytes in all encodings, which is what the backplane takes, got 1,0\d\d\./,
    )
    expect(topics.publish('room', 'x'.repeat(1_024), { local: true }).local).toBe(1)
  })

  test('of many in a turn is split by what the backplane takes', async () => {
    const broker = createBroker({ maxPayload: 1_024 })
    const { clock, two } = await twoServers()
    const [here, there] = [
      createTopics({ backplane: broker.backplane(), clock }),
      createTopics({ backplane: broker.backplane(), clock }),
    ]
    await settle(clock)
    const bob = await two.person()
    there.subscribe(bob.connection, 'room')
    await settle(clock)
    const sent = Array.from({ length: 20 }, (_, index) => `${index}${'x'.repeat(200)}`)
    for (const text of sent) here.publish('room', text)
    await settle(clock)
    expect(await texts(bob)).toEqual(sent)
    expect(there.stats().gaps).toBe(0)
  })
})

describe('while the backplane is down', () => {
  test('a publication reaches this server, and says so', async () => {
    const { one, settle } = await twoServers()
    const ada = await one.person()
    one.topics.subscribe(ada.connection, 'room')
    await settle()
    one.backplane.cut()
    const outcome = one.topics.publish('room', 'hello')
    expect(outcome).toMatchObject({ local: 1, relay: 'down' })
    expect(await outcome.confirmed()).toBe(false)
    expect(await texts(ada)).toEqual(['hello'])
    expect(one.states).toEqual(['up', 'down: The connection to the broker was lost.'])
  })

  test('what was handed over and not taken is not confirmed', async () => {
    const { one, settle } = await twoServers()
    one.backplane.silence()
    const outcome = one.topics.publish('room', 'hello')
    await settle()
    one.backplane.cut()
    expect(outcome.relay).toBe('handed-over')
    expect(await outcome.confirmed()).toBe(false)
  })

  test('what waits for a broker that answers nothing is bounded', async () => {
    const { one, settle } = await twoServers()
    one.backplane.silence()
    const big = 'x'.repeat(1_000_000)
    const relays = new Set<string>()
    for (let count = 0; count < 20; count++) {
      relays.add(one.topics.publish('room', big).relay)
      await settle()
    }
    expect([...relays]).toEqual(['handed-over', 'down'])
  })
})

test('a message of more than 16 MiB leaves on a backplane that takes it, one at a time', async () => {
  const clock = new ManualClock()
  const backplane = createBroker({ maxPayload: 32 * 1_024 * 1_024 }).backplane()
  const topics = createTopics({ backplane, clock })
  await settle(clock)
  const large = new Uint8Array(20 * 1_024 * 1_024)
  const outcomes = [topics.publish('room', large), topics.publish('room', large)]
  await settle(clock)
  outcomes.push(topics.publish('room', large))
  await settle(clock)
  expect(outcomes.map(({ relay }) => relay)).toEqual(['handed-over', 'down', 'handed-over'])
  expect(await outcomes[0]?.confirmed()).toBe(true)
  expect(await outcomes[2]?.confirmed()).toBe(true)
})

describe('the end', () => {
  test('comes within a second, though the broker is silent', async () => {
    const { one, clock, settle } = await twoServers()
    one.backplane.silence()
    let isClosed = false
    one.topics.close().then(() => {
      isClosed = true
    })
    await settle()
    clock.advance(999)
    await settle()
    expect(isClosed).toBe(false)
    clock.advance(1)
    await settle()
    expect(isClosed).toBe(true)
  })

  test('is awaited by every call of close, also one in a listener', async () => {
    const { one, clock, settle } = await twoServers()
    const { close } = one.backplane
    const order: string[] = []
    one.backplane.close = async () => {
      await close.call(one.backplane)
      order.push('backplane')
    }
    const end = (name: string) => void one.topics.close().then(() => order.push(name))
    one.topics.on('state', (state) => state === 'closed' && end('listener'))
    one.backplane.silence()
    end('first')
    end('second')
    await settle()
    expect(order).toEqual([])
    clock.advance(1_000)
    await settle()
    expect(order[0]).toBe('backplane')
    expect(order.toSorted()).toEqual(['backplane', 'first', 'listener', 'second'])
  })
})

describe('the start', () => {
  test('is told by ready(), and tried again', async () => {
    const { clock } = await twoServers()
    const backplane = createBroker().backplane()
    backplane.isReachable = false
    const topics = createTopics({ backplane, clock })
    await expect(topics.ready()).rejects.toThrow('The broker at memory:0 cannot be reached.')
    expect(topics.backplane).toBe('connecting')
    backplane.isReachable = true
    await pass(clock, 2_000)
    expect(topics.backplane).toBe('up')
    await topics.close()
    expect(topics.backplane).toBe('closed')
  })

  test('needs no waiting', async () => {
    const { clock, two, settle: settled } = await twoServers()
    const broker = createBroker()
    const [here, there] = [
      createTopics({ backplane: broker.backplane(), clock }),
      createTopics({ backplane: broker.backplane(), clock }),
    ]
    const bob = await two.person()
    const subscription = there.subscribe(bob.connection, 'room')
    await settled()
    expect(await subscription.relayed).toBe(true)
    here.publish('room', 'hello')
    await settled()
    expect(await texts(bob)).toEqual(['hello'])
  })
})
