import { type Connection, createEndpoint } from '@wirebeat/core'
import { ManualClock, MemoryClient } from '@wirebeat/core/testing'
import { expect, test } from 'vitest'
import { createBroker } from '../src/testing.ts'
import { createTopics, type Topics } from '../src/topics.ts'
import { heldBytes } from './support/held-memory.ts'
import { pass, settle } from './support/several-servers.ts'

const CONNECTIONS = 10_000
const TOPICS = 10_000
const EACH = 10
/** Ten bytes for each of 100,000: what compiled code and the collector make of it, and less than any object takes. */
const NEXT_TO_NOTHING = 1_000_000

const names = Array.from({ length: TOPICS }, (_, index) => `topic:${index}`)

async function crowd(count: number): Promise<readonly Connection[]> {
  const endpoint = createEndpoint({ clock: new ManualClock(), session: {} })
  for (let index = 0; index < count; index++) await MemoryClient.connect(endpoint)
  return [...endpoint.connections]
}

/** Subscribes each connection to its share of the topics. */
function subscribeAll(topics: Topics, connections: readonly Connection[]): void {
  for (let round = 0; round < EACH; round++) {
    connections.forEach((connection, index) => {
      // Every topic has subscribers from all over, so that none lies beside the next.
      topics.subscribe(connection, names[(index * 7 + round * 1_013) % TOPICS] ?? '')
    })
  }
}

test('a subscription takes at most 90 bytes, with its share of topic and connection', async () => {
  const connections = await crowd(CONNECTIONS)
  const topics = createTopics()
  // So that all code is compiled.
  const warm = createTopics()
  subscribeAll(warm, connections.slice(0, 100))
  await warm.close()
  const before = await heldBytes()
  subscribeAll(topics, connections)
  const each = ((await heldBytes()) - before) / (CONNECTIONS * EACH)
  console.log(`${each.toFixed(1)} bytes for each subscription`)
  expect(topics.stats().subscriptions).toBe(CONNECTIONS * EACH)
  expect(each).toBeLessThanOrEqual(90)
})

test('topics without subscribers take nothing, however many there were', async () => {
  const [connection] = await crowd(1)
  if (connection === undefined) expect.fail('there is no connection')
  const topics = createTopics()
  const visit = (from: number): void => {
    for (let index = from; index < from + 100_000; index++) {
      topics.subscribe(connection, `visited:${index}`).end()
      topics.publish(`published:${index}`, 'hello')
    }
  }
  visit(0)
  const before = await heldBytes()
  visit(100_000)
  expect((await heldBytes()) - before).toBeLessThan(NEXT_TO_NOTHING)
  expect(topics.stats().topics).toBe(0)
})

test('topics that were left take nothing on a backplane either', async () => {
  const [connection] = await crowd(1)
  if (connection === undefined) expect.fail('there is no connection')
  const clock = new ManualClock()
  const topics = createTopics({ backplane: createBroker().backplane(), clock })
  await topics.ready()
  const visit = async (from: number): Promise<void> => {
    for (let begin = from; begin < from + 50_000; begin += 5_000) {
      const subscriptions = Array.from({ length: 5_000 }, (_, index) =>
        topics.subscribe(connection, `visited:${begin + index}`),
      )
      await settle(clock)
      for (const subscription of subscriptions) subscription.end()
      await pass(clock, 3_000)
    }
  }
  await visit(0)
  const before = await heldBytes()
  await visit(50_000)
  expect((await heldBytes()) - before).toBeLessThan(NEXT_TO_NOTHING)
  expect(topics.stats()).toMatchObject({ topics: 0, channels: 2 })
  await topics.close()
})

// It takes some three seconds of a processor, which a busy machine gives it in thirty.
test('100,000 connections that come and go leave nothing', { timeout: 120_000 }, async () => {
  const topics = createTopics()
  const endpoint = createEndpoint({
    clock: new ManualClock(),
    session: {
      open(connection) {
        for (const name of ['lobby', connection.id]) topics.subscribe(connection, name)
      },
    },
  })
  const churn = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const client = await MemoryClient.connect(endpoint)
      client.vanish()
    }
  }
  await churn(5_000)
  const before = await heldBytes()
  await churn(100_000)
  const left = (await heldBytes()) - before
  expect(topics.stats()).toMatchObject({ topics: 0, subscriptions: 0 })
  expect(left).toBeLessThan(NEXT_TO_NOTHING)
})
