import { expect, test } from 'vitest'
import type { Subscription } from '../../src/index.ts'
import { pass, twoServers } from '../support/several-servers.ts'

test('subscriptions of one turn are asked for in one call', async () => {
  const { one, settle } = await twoServers()
  const ada = await one.person()
  const before = one.backplane.calls.subscribe
  for (let count = 0; count < 100; count++) one.topics.subscribe(ada.connection, `room:${count}`)
  await settle()
  expect(one.backplane.calls.subscribe - before).toBe(1)
  expect(one.topics.stats().channels).toBe(102)
})

test('a topic is relayed when the broker has confirmed it, and not before', async () => {
  const { one, settle } = await twoServers()
  const ada = await one.person()
  one.backplane.silence()
  const { relayed } = one.topics.subscribe(ada.connection, 'room')
  let isRelayed: boolean | undefined
  void relayed.then((value) => {
    isRelayed = value
  })
  await settle()
  expect(isRelayed).toBe(undefined)
  one.backplane.resume()
  await settle()
  expect(isRelayed).toBe(true)
})

test('a topic that is subscribed to while the backplane is down is relayed when it is up', async () => {
  const { one, settle } = await twoServers()
  const ada = await one.person()
  one.backplane.cut()
  const { relayed } = one.topics.subscribe(ada.connection, 'room')
  await settle()
  one.backplane.reconnect()
  await settle()
  expect(await relayed).toBe(true)
  expect(one.backplane.channels).toContain('topic-room')
})

test('a topic that was relayed before waits while the backplane is down', async () => {
  const { one, settle } = await twoServers()
  const [ada, bob] = [await one.person(), await one.person()]
  expect(await relayedOf(one.topics.subscribe(ada.connection, 'room'), settle)).toBe(true)
  one.backplane.cut()
  const subscription = one.topics.subscribe(bob.connection, 'room')
  expect(await relayedOf(subscription, settle)).toBe(undefined)
  one.backplane.reconnect()
  expect(await relayedOf(subscription, settle)).toBe(true)
})

test('a topic that could not be left waits while the backplane is down', async () => {
  const { one, two, settle, clock } = await twoServers()
  const ada = await one.person()
  one.topics.subscribe(ada.connection, 'room')
  await settle()
  one.topics.unsubscribe(ada.connection, 'room')
  one.backplane.silence()
  await pass(clock, 1_100)
  const { relayed } = one.topics.subscribe(ada.connection, 'room')
  one.backplane.cut()
  expect(await relayedOf({ relayed }, settle)).toBe(undefined)
  one.backplane.reconnect()
  expect(await relayedOf({ relayed }, settle)).toBe(true)
  two.topics.publish('room', 'hello')
  await settle()
  expect(one.topics.stats().received).toBe(1)
})

test('a topic that the broker refuses does not keep others away', async () => {
  const { one, settle } = await twoServers()
  const ada = await one.person()
  one.backplane.refused.add('topic-secret')
  const subscriptions = ['a', 'secret', 'b'].map((topic) =>
    one.topics.subscribe(ada.connection, topic),
  )
  await settle()
  expect(await Promise.all(subscriptions.map(({ relayed }) => relayed))).toEqual([
    true,
    false,
    true,
  ])
})

test('a topic that the broker takes away is not relayed, tried again, and told by gaps', async () => {
  const { one, two, settle, clock } = await twoServers()
  const ada = await one.person()
  const subscription = one.topics.subscribe(ada.connection, 'room')
  expect(await relayedOf(subscription, settle)).toBe(true)
  one.backplane.revoke('topic-room')
  expect(await relayedOf(subscription, settle)).toBe(false)
  expect(one.gaps).toMatchObject([{ topic: 'room', reason: 'refused' }])
  await pass(clock, 6_000)
  expect(await relayedOf(subscription, settle)).toBe(false)
  one.backplane.refused.clear()
  await pass(clock, 5_000)
  expect(await relayedOf(subscription, settle)).toBe(true)
  expect(one.gaps).toMatchObject([{ reason: 'refused' }, { topic: 'room', reason: 'disconnected' }])
  two.topics.publish('room', 'hello')
  await settle()
  expect(one.topics.stats().received).toBe(1)
})

test('a topic that the broker refuses when the connection is back is not relayed, and the others are', async () => {
  const { one, settle } = await twoServers()
  const ada = await one.person()
  const [news, secret] = ['news', 'secret'].map((topic) =>
    one.topics.subscribe(ada.connection, topic),
  )
  await settle()
  one.backplane.cut()
  one.backplane.refused.add('topic-secret')
  one.backplane.reconnect()
  await settle()
  expect([await news?.relayed, await secret?.relayed]).toEqual([true, false])
  expect(one.gaps).toMatchObject([
    { topic: 'secret', reason: 'refused' },
    { topic: 'news', reason: 'disconnected' },
  ])
})

test('a topic that the broker takes away after its last subscriber has gone is forgotten', async () => {
  const { one, settle, clock } = await twoServers()
  const ada = await one.person()
  one.topics.subscribe(ada.connection, 'room')
  await settle()
  one.topics.unsubscribe(ada.connection, 'room')
  one.backplane.revoke('topic-room')
  const { subscribe, unsubscribe } = one.backplane.calls
  await pass(clock, 20_000)
  expect(one.backplane.calls).toMatchObject({ subscribe, unsubscribe })
  expect(one.topics.stats().channels).toBe(2)
})

test('a subscription that ends before it is relayed resolves with false', async () => {
  const { one, settle } = await twoServers()
  const ada = await one.person()
  one.backplane.silence()
  const subscription = one.topics.subscribe(ada.connection, 'room')
  const { relayed } = subscription
  subscription.end()
  one.backplane.resume()
  await settle()
  expect(await relayed).toBe(false)
  expect(await subscription.relayed).toBe(false)
})

test('a channel is left a second after its last subscriber', async () => {
  const { one, settle, clock } = await twoServers()
  const ada = await one.person()
  const subscription = one.topics.subscribe(ada.connection, 'room')
  await settle()
  subscription.end()
  await pass(clock, 900)
  expect(one.backplane.channels).toContain('topic-room')
  await pass(clock, 200)
  expect(one.backplane.channels).not.toContain('topic-room')
})

test('a subscriber who comes and goes costs the broker nothing', async () => {
  const { one, settle, clock } = await twoServers()
  const ada = await one.person()
  one.topics.subscribe(ada.connection, 'room')
  await settle()
  const { subscribe, unsubscribe } = one.backplane.calls
  for (let count = 0; count < 1_000; count++) {
    one.topics.unsubscribe(ada.connection, 'room')
    await pass(clock, 1)
    one.topics.subscribe(ada.connection, 'room')
  }
  await pass(clock, 5_000)
  expect(one.backplane.calls).toMatchObject({ subscribe, unsubscribe })
})

test('who comes back while a channel is being left is relayed again', async () => {
  const { one, two, settle, clock } = await twoServers()
  const ada = await one.person()
  one.topics.subscribe(ada.connection, 'room')
  await settle()
  one.topics.unsubscribe(ada.connection, 'room')
  one.backplane.silence()
  await pass(clock, 1_100)
  const { relayed } = one.topics.subscribe(ada.connection, 'room')
  one.backplane.resume()
  await settle()
  expect(await relayed).toBe(true)
  two.topics.publish('room', 'hello')
  await settle()
  expect(one.topics.stats()).toMatchObject({ received: 1, gaps: 0 })
})

/** What `relayed` has resolved with, or `undefined` while it waits. */
async function relayedOf(
  { relayed }: Pick<Subscription, 'relayed'>,
  settle: () => Promise<void>,
): Promise<boolean | undefined> {
  let isRelayed: boolean | undefined
  void relayed.then((value) => {
    isRelayed = value
  })
  await settle()
  return isRelayed
}
