import { type Connection, createEndpoint } from '@wirebeat/core'
import { MemoryClient } from '@wirebeat/core/testing'
import { createTopics } from '@wirebeat/topics'
import { Gauge, Registry } from 'prom-client'
import { expect, test, vi } from 'vitest'
import { registerTopics } from '../src/index.ts'
import { samplesOf } from './samples.ts'

test('the figures of topics are those of this moment', async () => {
  const registry = new Registry()
  const topics = createTopics()
  registerTopics(topics, { registry })
  const endpoint = createEndpoint({
    session: {
      open: (connection: Connection) => topics.subscribe(connection, 'room'),
    },
  })
  const client = await MemoryClient.connect(endpoint)
  topics.publish('room', 'hello')
  await client.message()
  expect((await samplesOf(registry)).samples).toMatchObject({
    'wirebeat_topics{topics="topics"}': 1,
    'wirebeat_topic_subscriptions{topics="topics"}': 1,
    'wirebeat_topic_published_total{topics="topics"}': 1,
    'wirebeat_topic_delivered_total{topics="topics"}': 1,
    'wirebeat_topic_gaps_total{topics="topics"}': 0,
  })
  client.close()
  await vi.waitFor(() => expect(endpoint.connections.size).toBe(0))
  expect((await samplesOf(registry)).samples).toMatchObject({
    'wirebeat_topics{topics="topics"}': 0,
    'wirebeat_topic_published_total{topics="topics"}': 1,
  })
})

test('every figure of topics is a metric', async () => {
  const registry = new Registry()
  const topics = createTopics()
  registerTopics(topics, { registry, name: 'all' })
  const { samples } = await samplesOf(registry)
  expect(Object.keys(samples)).toHaveLength(Object.keys(topics.stats()).length)
})

test('something that is not topics is refused', () => {
  expect(() => registerTopics({} as never)).toThrow(
    'The first argument of registerTopics must be what createTopics returned, got an object.',
  )
})

test('a registry that has one of the metrics from somebody else stays as it was', async () => {
  const registry = new Registry()
  const name = 'wirebeat_topic_gaps_total'
  new Gauge({ name, help: 'Of somebody else.', registers: [registry] })
  expect(() => registerTopics(createTopics(), { registry })).toThrow(
    `A metric with the name ${name} has already been registered.`,
  )
  expect((await samplesOf(registry)).types).toEqual({ [name]: 'gauge' })
})
