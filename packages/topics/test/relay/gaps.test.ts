import { describe, expect, test } from 'vitest'
import { pass, texts, twoServers } from '../support/several-servers.ts'

/** Two servers; somebody on the second one is subscribed to `room`. */
async function subscribed() {
  const servers = await twoServers()
  const bob = await servers.two.person()
  servers.two.topics.subscribe(bob.connection, 'room')
  await servers.settle()
  const { one, two, settle, clock } = servers
  return {
    ...servers,
    bob,
    async publish(...messages: string[]) {
      for (const message of messages) {
        one.topics.publish('room', message)
        await settle()
      }
    },
    /** Loses what is published in the call. */
    async lose(...messages: string[]) {
      two.backplane.fate = () => 0
      for (const message of messages) {
        one.topics.publish('room', message)
        await settle()
      }
      two.backplane.fate = undefined
    },
    pass: (milliseconds: number) => pass(clock, milliseconds),
  }
}

describe('a gap is told', () => {
  test('when the next publication shows a hole', async () => {
    const { two, one, bob, publish, lose } = await subscribed()
    await publish('1')
    await lose('2', '3')
    await publish('4')
    expect(two.gaps).toEqual([
      { topic: 'room', server: one.topics.server, count: 2, reason: 'missing' },
    ])
    expect(await texts(bob)).toEqual(['1', '4'])
    expect(two.topics.stats()).toMatchObject({ gaps: 1, received: 2 })
  })

  test('for the last publication before silence, within 2 s', async () => {
    const { two, publish, lose, pass } = await subscribed()
    await publish('1')
    await lose('2')
    await pass(2_000)
    expect(two.gaps).toMatchObject([{ count: 1, reason: 'missing' }])
    await pass(60_000)
    expect(two.gaps).toHaveLength(1)
  })

  test('for the first publications after a long silence', async () => {
    const { two, publish, lose, pass } = await subscribed()
    await pass(60_000)
    await lose('1', '2')
    await publish('3')
    expect(two.gaps).toMatchObject([{ count: 2, reason: 'missing' }])
  })

  test('for a lone publication after a long silence', async () => {
    const { two, publish, lose, pass } = await subscribed()
    await publish('1')
    await pass(60_000)
    await lose('2')
    await pass(2_000)
    expect(two.gaps).toMatchObject([{ count: 1, reason: 'missing' }])
  })

  test('by the second mark, when the first is lost too', async () => {
    const {
      two,
      publish,
      lose,
      pass,
      two: { backplane },
    } = await subscribed()
    await publish('1')
    await lose('2')
    backplane.fate = () => 0
    await pass(2_000)
    backplane.fate = undefined
    expect(two.gaps).toEqual([])
    await pass(5_000)
    expect(two.gaps).toMatchObject([{ count: 1, reason: 'missing' }])
  })

  test('by the next stream, when both marks are lost', async () => {
    const {
      two,
      publish,
      lose,
      pass,
      two: { backplane },
    } = await subscribed()
    await publish('1')
    await lose('2')
    backplane.fate = () => 0
    await pass(10_000)
    backplane.fate = undefined
    await publish('3')
    expect(two.gaps).toMatchObject([{ count: undefined, reason: 'missing' }])
  })

  test('when the connection to the broker was lost, of every topic, whoever publishes', async () => {
    const { two, publish, pass, settle } = await subscribed()
    await publish('1')
    two.backplane.cut()
    await publish('2')
    await pass(3_000)
    expect(two.gaps).toEqual([])
    two.backplane.reconnect()
    await settle()
    expect(two.gaps).toEqual([
      { topic: 'room', server: undefined, count: undefined, reason: 'disconnected' },
    ])
    await publish('3')
    await pass(60_000)
    expect(two.gaps).toHaveLength(1)
  })

  test('when the broker or its client has dropped messages', async () => {
    const { two } = await subscribed()
    two.backplane.drop(['topic-room'])
    two.backplane.drop(['topic-other'])
    two.backplane.drop()
    expect(two.gaps.map(({ reason }) => reason)).toEqual(['overflow', 'overflow'])
  })

  test('when the part of the broker that has the topic was away', async () => {
    const { two } = await subscribed()
    two.backplane.drop(['topic-room'], 'disconnected')
    expect(two.gaps).toEqual([
      { topic: 'room', server: undefined, count: undefined, reason: 'disconnected' },
    ])
  })

  test('when a server dies that may have published more', async () => {
    const { one, two, publish, pass } = await subscribed()
    await publish('1')
    await pass(500)
    // Not a word of it, neither marks nor a farewell.
    two.backplane.fate = () => 0
    await pass(20_000)
    expect(two.gaps).toEqual([
      { topic: 'room', server: one.topics.server, count: undefined, reason: 'server-gone' },
    ])
  })

  test('of what is missing, when a server that was taken for gone was there', async () => {
    const { one, two, bob, publish, lose, pass } = await subscribed()
    // Its words are lost, and its publications arrive.
    two.backplane.fate = (channel) => (channel === 'servers' ? 0 : 1)
    for (let second = 0; second < 30; second++) {
      one.topics.publish('room', 'tick')
      await pass(1_000)
    }
    expect(two.topics.servers).toEqual([])
    expect(await texts(bob)).toHaveLength(30)
    expect(two.gaps).toMatchObject([{ count: undefined, reason: 'server-gone' }])
    await lose('a', 'b')
    await publish('c')
    expect(two.gaps.slice(1)).toMatchObject([{ count: 2, reason: 'missing' }])
  })

  test('by a farewell with the last numbers, when a server ends', async () => {
    const { one, two, publish, lose, settle } = await subscribed()
    await publish('1')
    await lose('2')
    await one.topics.close()
    await settle()
    expect(two.gaps).toMatchObject([{ count: 1, reason: 'missing' }])
    expect(two.topics.servers).toEqual([])
  })

  test('when a topic is relayed that the broker had refused', async () => {
    const { two, pass, settle } = await subscribed()
    const ada = await two.person()
    two.backplane.refused.add('topic-secret')
    const { relayed } = two.topics.subscribe(ada.connection, 'secret')
    await settle()
    expect(await relayed).toBe(false)
    two.backplane.refused.clear()
    await pass(6_000)
    expect(two.gaps).toMatchObject([{ topic: 'secret', reason: 'disconnected' }])
  })
})

describe('no gap is told', () => {
  test('for what arrives', async () => {
    const { two, publish, pass } = await subscribed()
    for (let round = 0; round < 5; round++) {
      await publish('1', '2')
      await pass(1_000 + round * 1_700)
    }
    await pass(30_000)
    expect(two.gaps).toEqual([])
  })

  test('for what was published before the process was busy for long', async () => {
    const { one, two, bob, clock, settle, publish } = await subscribed()
    await publish('1')
    one.topics.publish('room', '2')
    // Timers come before the end of the turn.
    clock.jump(6_000)
    await settle()
    expect(await texts(bob)).toEqual(['1', '2'])
    expect(two.gaps).toEqual([])
  })

  test('of publications before somebody was subscribed', async () => {
    const { one, two, settle, clock } = await twoServers()
    for (let count = 0; count < 3; count++) one.topics.publish('room', 'early')
    await settle()
    await pass(clock, 500)
    const bob = await two.person()
    two.topics.subscribe(bob.connection, 'room')
    await settle()
    await pass(clock, 100)
    one.topics.publish('room', 'late')
    await settle()
    await pass(clock, 30_000)
    expect(two.gaps).toEqual([])
    expect(await texts(bob)).toEqual(['late'])
  })

  test('when a message comes twice, and it is delivered once', async () => {
    const { two, bob, publish } = await subscribed()
    two.backplane.fate = () => 2
    await publish('1', '2')
    expect(await texts(bob)).toEqual(['1', '2'])
    expect(two.topics.stats()).toMatchObject({ gaps: 0, stale: 2 })
  })
})

test('a message that is overtaken is told as missing, and not delivered out of order', async () => {
  const { two, bob, publish, settle } = await subscribed()
  await publish('1')
  two.backplane.silence()
  await publish('2', '3')
  two.backplane.swap()
  two.backplane.resume()
  await settle()
  expect(await texts(bob)).toEqual(['1', '3'])
  expect(two.gaps).toMatchObject([{ count: 1, reason: 'missing' }])
})

test('steady traffic is marked once in five seconds at most', async () => {
  const { one, two, pass } = await subscribed()
  let marks = 0
  two.backplane.fate = (channel, payload) => {
    // The second byte is the kind.
    if (channel === 'topic-room' && payload[1] === 1) marks++
    return 1
  }
  for (let second = 0; second < 60; second += 2) {
    one.topics.publish('room', 'tick')
    await pass(2_000)
  }
  expect(marks).toBeGreaterThan(0)
  expect(marks).toBeLessThanOrEqual(12)
})

test('a quiet topic costs nothing', async () => {
  const { one, publish, pass, clock } = await subscribed()
  await publish('1')
  await pass(10_000)
  const { publish: calls } = one.backplane.calls
  const { pending } = clock
  await pass(4_000)
  // One to say that the server is there.
  expect(one.backplane.calls.publish - calls).toBeLessThanOrEqual(1)
  expect(clock.pending).toBe(pending)
})
