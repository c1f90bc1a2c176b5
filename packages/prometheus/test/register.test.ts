import { createEndpoint, echo } from '@wirebeat/core'
import { ManualClock, MemoryClient } from '@wirebeat/core/testing'
import {
  register as defaultRegistry,
  Gauge,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { register } from '../src/index.ts'
import { samplesOf } from './samples.ts'

test('every figure of an endpoint has its type and begins with 0', async () => {
  const registry = new Registry()
  register(createEndpoint({ path: '/ws', session: echo() }), { registry })
  const { types, samples } = await samplesOf(registry)
  expect(types).toEqual({
    wirebeat_connections: 'gauge',
    wirebeat_connections_opened_total: 'counter',
    wirebeat_ends_total: 'counter',
    wirebeat_refusals_total: 'counter',
    wirebeat_pending_handshakes: 'gauge',
    wirebeat_lingering: 'gauge',
    wirebeat_received_messages_total: 'counter',
    wirebeat_received_bytes_total: 'counter',
    wirebeat_sent_messages_total: 'counter',
    wirebeat_sent_bytes_total: 'counter',
    wirebeat_buffered_bytes: 'gauge',
    wirebeat_pings_sent_total: 'counter',
    wirebeat_shutting_down: 'gauge',
    wirebeat_ping_round_trip_seconds: 'histogram',
  })
  expect(new Set(Object.values(samples))).toEqual(new Set([0]))
  expect(samples).toHaveProperty(['wirebeat_ends_total{endpoint="/ws",cause="heartbeat"}'])
  expect(samples).toHaveProperty(['wirebeat_refusals_total{endpoint="/ws",reason="origin"}'])
  expect(samples).toHaveProperty(['wirebeat_ping_round_trip_seconds_count{endpoint="/ws"}'])
})

test('a conversation shows in the figures, each time they are asked for', async () => {
  const registry = new Registry()
  const clock = new ManualClock()
  const endpoint = createEndpoint({ path: '/ws', clock, keepAliveInterval: 1_000, session: echo() })
  register(endpoint, { registry })
  const client = await MemoryClient.connect(endpoint, { url: '/ws' })
  client.send('hello')
  await client.message()
  clock.advance(1_000)
  await vi.waitFor(() => expect(endpoint.stats().pings.answered).toBe(1))

  expect((await samplesOf(registry)).samples).toMatchObject({
    'wirebeat_connections{endpoint="/ws"}': 1,
    'wirebeat_received_bytes_total{endpoint="/ws"}': 5,
    'wirebeat_sent_messages_total{endpoint="/ws"}': 1,
    'wirebeat_pings_sent_total{endpoint="/ws"}': 1,
    'wirebeat_ping_round_trip_seconds_count{endpoint="/ws"}': 1,
  })
  client.close()
  await vi.waitFor(() => expect(endpoint.connections.size).toBe(0))
  expect((await samplesOf(registry)).samples).toMatchObject({
    'wirebeat_connections{endpoint="/ws"}': 0,
    'wirebeat_connections_opened_total{endpoint="/ws"}': 1,
    'wirebeat_ends_total{endpoint="/ws",cause="client"}': 1,
  })
})

test('an endpoint that shuts down says so while a connection is left', async () => {
  const registry = new Registry()
  const endpoint = createEndpoint({ session: echo() })
  register(endpoint, { registry })
  const client = await MemoryClient.connect(endpoint)
  const closed = endpoint.close({ mode: 'wait' })
  const sample = 'wirebeat_shutting_down{endpoint="*"}'
  expect((await samplesOf(registry)).samples[sample]).toBe(1)
  client.close()
  await closed
  expect((await samplesOf(registry)).samples[sample]).toBe(0)
})

test('the figures of an endpoint are read once each time that the registry is asked', async () => {
  const registry = new Registry()
  const endpoint = createEndpoint({ session: echo() })
  register(endpoint, { registry })
  const stats = vi.spyOn(endpoint, 'stats')
  await registry.metrics()
  await registry.metrics()
  expect(stats).toHaveBeenCalledTimes(2)
})

test('without a registry the metrics are in the default one', async () => {
  onTestFinished(() => defaultRegistry.clear())
  register(createEndpoint({ session: echo() }))
  expect(await defaultRegistry.metrics()).toContain('wirebeat_connections{endpoint="*"} 0')
})

describe('several endpoints in one registry', () => {
  const chat = createEndpoint({ path: '/chat', session: echo() })
  const news = createEndpoint({ path: '/news', session: echo() })

  test('are told apart by a label', async () => {
    const registry = new Registry()
    register(chat, { registry })
    register(news, { registry, name: 'the news' })
    const client = await MemoryClient.connect(news, { url: '/news' })
    expect((await samplesOf(registry)).samples).toMatchObject({
      'wirebeat_connections{endpoint="/chat"}': 0,
      'wirebeat_connections{endpoint="the news"}': 1,
    })
    client.close()
  })

  test('must have different names, until one is taken out', async () => {
    const registry = new Registry()
    const remove = register(chat, { registry })
    const later = createEndpoint({ path: '/chat', session: echo() })
    expect(() => register(later, { registry })).toThrow(
      'name must be one that nothing else in the registry has, got "/chat". Give each endpoint its own name.',
    )
    remove()
    expect((await samplesOf(registry)).samples).toEqual({})
    register(later, { registry })
    // Another call of the same function takes nothing away.
    const { samples } = await samplesOf(registry)
    remove()
    expect((await samplesOf(registry)).samples).toEqual(samples)
  })
})

test('a registry that was cleared is filled again', async () => {
  const registry = new Registry()
  const endpoint = createEndpoint({ session: echo() })
  register(endpoint, { registry })
  registry.clear()
  register(endpoint, { registry })
  expect(await registry.metrics()).toContain('wirebeat_connections{endpoint="*"} 0')
})

test.each(['wirebeat_connections', 'wirebeat_lingering', 'wirebeat_ping_round_trip_seconds'])(
  'a registry with a %s of somebody else stays as it was, until that is taken out',
  async (name) => {
    const registry = new Registry()
    const endpoint = createEndpoint({ session: echo() })
    new Gauge({ name, help: 'Of somebody else.', registers: [registry] })
    for (let times = 0; times < 2; times++) {
      expect(() => register(endpoint, { registry })).toThrow(
        `A metric with the name ${name} has already been registered.`,
      )
    }
    expect((await samplesOf(registry)).types).toEqual({ [name]: 'gauge' })
    registry.removeSingleMetric(name)
    register(endpoint, { registry })
    expect(Object.keys((await samplesOf(registry)).types)).toHaveLength(14)
  },
)

test('a registry for OpenMetrics gets the same figures', async () => {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  register(createEndpoint({ session: echo() }), { registry })
  const text = await registry.metrics()
  expect(text).toContain('wirebeat_pings_sent_total{endpoint="*"} 0')
  expect(text).toMatch(/# EOF\n$/)
})

test.each([
  [{ registry: {} }, /^registry must be a Registry of prom-client, got /],
  [{ name: '' }, /^name must be a text that is not empty, got ""\.$/],
  [{ label: 'a' }, /^Unknown option "label"\./],
  [5, /^The second argument of register must be an object of options, got 5\.$/],
])('the options %j are refused', (options, message) => {
  const endpoint = createEndpoint({ session: echo() })
  expect(() => register(endpoint, options as never)).toThrow(message)
})

test('something that is no endpoint is refused', () => {
  expect(() => register({} as never)).toThrow(
    'The first argument of register must be an endpoint, got an object.',
  )
})
