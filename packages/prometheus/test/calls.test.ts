import { createEndpoint } from '@wirebeat/core'
import { createHub, HubError, hubOf } from '@wirebeat/hub'
import { HubTestClient } from '@wirebeat/hub/testing'
import { Gauge, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { measureCalls } from '../src/index.ts'
import { samplesOf } from './samples.ts'

const { method, define } = hubOf<object>()
const methods = define({
  add: method([z.number(), z.number()], (_, a, b) => a + b),
  full: method([], () => {
    throw new HubError('The room is full.')
  }),
  broken: method([], () => {
    throw new Error('boom')
  }),
})

test('calls are counted by method and by what became of them', async () => {
  const registry = new Registry()
  const filters = [measureCalls({ registry, name: 'sums' })]
  const hub = createHub(methods, { filters, onError() {} })
  const endpoint = createEndpoint({ session: hub.session })
  const client = await HubTestClient.connect<typeof methods>(endpoint)
  expect(await client.invoke('add', 1, 2)).toBe(3)
  expect(await client.invoke('ADD' as 'add', 1, 2)).toBe(3)
  await expect(client.invoke('full')).rejects.toThrow('The room is full.')
  await expect(client.invoke('broken')).rejects.toThrow()
  await expect(client.invoke('add', 'a' as never, 2)).rejects.toThrow()
  await expect(client.invoke('made up' as 'full')).rejects.toThrow()

  const { types, samples } = await samplesOf(registry)
  expect(types).toEqual({ wirebeat_hub_call_seconds: 'histogram' })
  const counts = Object.entries(samples).filter(([name]) => name.includes('_count'))
  expect(Object.fromEntries(counts)).toEqual({
    'wirebeat_hub_call_seconds_count{hub="sums",method="add",outcome="ok"}': 2,
    'wirebeat_hub_call_seconds_count{hub="sums",method="full",outcome="hub-error"}': 1,
    'wirebeat_hub_call_seconds_count{hub="sums",method="broken",outcome="error"}': 1,
    'wirebeat_hub_call_seconds_count{hub="sums",method="add",outcome="refused"}': 1,
    'wirebeat_hub_call_seconds_count{hub="sums",method="",outcome="refused"}': 1,
  })
})

test('the filters of two hubs use one histogram', async () => {
  const registry = new Registry()
  const filters = ['a', 'b'].map((name) => measureCalls({ registry, name }))
  for (const filter of filters) await filter({ method: 'say' }, async () => undefined)
  expect((await samplesOf(registry)).samples).toMatchObject({
    'wirebeat_hub_call_seconds_count{hub="a",method="say",outcome="ok"}': 1,
    'wirebeat_hub_call_seconds_count{hub="b",method="say",outcome="ok"}': 1,
  })
})

test('a registry with a metric of the same name by somebody else is refused', () => {
  const registry = new Registry()
  new Gauge({ name: 'wirebeat_hub_call_seconds', help: 'Another.', registers: [registry] })
  expect(() => measureCalls({ registry })).toThrow('has already been registered')
})

test('whatever a method throws is thrown on', async () => {
  const filter = measureCalls({ registry: new Registry() })
  await expect(filter({ method: 'a' }, () => Promise.reject(null))).rejects.toBeNull()
})
