import { MemoryClient } from '@wirebeat/core/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { streamOf } from '../src/definition/parameter.ts'
import { heldBytes } from './support/held-memory.ts'
import { define, method, setUp } from './support/one-hub.ts'
import { end, invocation, item, type WireRecord } from './support/peer.ts'

/** What compiled code and the collector make of it, 1 MB on a busy machine: 200 bytes for each of 10,000. */
const NEXT_TO_NOTHING = 2_000_000

const definition = define({
  join: method([z.string()], (call, group) => call.groups.add(group)),
  ask: method([], (call) => call.clients.caller.invoke('ask', { timeout: 60_000 }, 'why?')),
  never: method(
    [],
    (call) => new Promise((_, reject) => call.signal.addEventListener('abort', reject)),
  ),
  quick: method([], () => 'quick'),
  forever: method([], async function* (call) {
    for (let i = 0; !call.signal.aborted; i++) {
      yield i
      await new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve()))
    }
  }),
  sum: method([streamOf(z.int())], async (_, items) => {
    let sum = 0
    for await (const one of items) sum += one
    return sum
  }),
})

const texts = (...records: readonly WireRecord[]) =>
  records.map((record) => `${JSON.stringify(record)}\u001e`).join('')

const SHAKE = '{"protocol":"json","version":1}\u001e'

test('connections that come and go in the middle of everything leave nothing', {
  timeout: 120_000,
}, async () => {
  const { endpoint, hub, clock } = setUp(definition, {
    userId: ({ name }) => name || undefined,
    onError() {},
  })
  const churn = async (count: number) => {
    for (let index = 0; index < count; index++) {
      // Those that wait for calls to end give up after a while.
      clock.advance(1_000)
      const client = await MemoryClient.connect(endpoint, { url: `/user${index % 7}` })
      client.send(
        SHAKE +
          texts(
            invocation('1', 'join', `group${index}`),
            { type: 4, invocationId: '2', target: 'forever', arguments: [] },
            { type: 1, invocationId: '3', target: 'sum', arguments: [], streamIds: ['s'] },
            item('s', 1),
            invocation('4', 'ask'),
            invocation('5', 'never'),
            invocation('6', 'quick'),
          ),
      )
      await undefined
      if (index % 2 === 0) client.vanish()
      else client.close()
    }
  }
  // Code that engines compile counts as well, until all of it is.
  await churn(4_000)
  const before = await heldBytes()
  await churn(10_000)
  const left = (await heldBytes()) - before
  expect(hub.clients.all.send('said', 'x')).toMatchObject({ local: 0 })
  expect(endpoint.connections.size).toBe(0)
  expect(left).toBeLessThan(NEXT_TO_NOTHING)
})

test('calls, streams and groups of one connection leave nothing', {
  timeout: 120_000,
}, async () => {
  const { connect, clock, errors } = setUp(definition)
  const peer = await connect()
  const use = async (from: number, count: number) => {
    for (let index = from; index < from + count; index++) {
      const id = `${index}`
      peer.say(
        invocation(id, 'quick'),
        { type: 4, invocationId: `s${id}`, target: 'forever', arguments: [] },
        { type: 5, invocationId: `s${id}` },
        { type: 1, invocationId: `u${id}`, target: 'sum', arguments: [], streamIds: [`i${id}`] },
        item(`i${id}`, 1),
        end(`i${id}`),
      )
      clock.endTurn()
      // The answers to the call, the end of the stream, which may have had an item, and the sum.
      for (let ended = 0; ended < 3; ) if ((await peer.next())['type'] === 3) ended++
    }
  }
  await use(0, 1_000)
  const before = await heldBytes()
  await use(1_000, 10_000)
  expect((await heldBytes()) - before).toBeLessThan(NEXT_TO_NOTHING)
  expect(errors).toEqual([])
})

test('an idle connection takes 1,300 bytes of the hub at most', { timeout: 60_000 }, async () => {
  const COUNT = 2_000
  const connectAll = async (endpoint: ReturnType<typeof setUp>['endpoint']) => {
    const clients: MemoryClient[] = []
    for (let index = 0; index < COUNT; index++) {
      const client = await MemoryClient.connect(endpoint, { url: `/user${index}` })
      client.send(SHAKE)
      await client.message().catch(() => {})
      clients.push(client)
    }
    return clients
  }
  const bare = setUp(
    definition,
    {},
    { session: { message: (connection) => connection.send('{}') } },
  )
  const own = setUp(definition, { userId: ({ name }) => name })
  await connectAll(own.endpoint)
  const start = await heldBytes()
  const without = await connectAll(bare.endpoint)
  const middle = await heldBytes()
  const others = await connectAll(own.endpoint)
  const each = ((await heldBytes()) - middle - (middle - start)) / COUNT
  console.log(`${each.toFixed(0)} bytes of the hub for each connection`)
  expect(without.length + others.length).toBe(2 * COUNT)
  expect(each).toBeLessThanOrEqual(1_300)
})
