import { expect, test } from 'vitest'
import type { FakeTransportOptions } from '../support/fake-transport.ts'
import { isPending, outcome, type Setting, setUpIdle } from '../support/one-loop.ts'

const transport = { waiters: 1, lacks: ['pause'] } satisfies FakeTransportOptions

/** A session that has read so many messages that the next one waits for others of its turn. */
async function setUpWaiting(setting: Setting = {}) {
  const world = setUpIdle({ transport, ...setting })
  for (let i = 0; i < 16; i++) {
    const next = world.messages.next()
    world.transport.receive('alone')
    expect(await isPending(next)).toBe(false)
  }
  return { ...world, network: world.transport }
}

test('a session gets together what comes in one turn, at its end', async () => {
  const { network, messages } = await setUpWaiting()
  const first = messages.next()
  for (const text of ['a', 'b', 'c']) network.receive(text)
  expect(await isPending(first)).toBe(true)
  network.endTurn()
  const results = [await first, await messages.next(), await messages.next()]
  expect(results.map(({ value }) => value)).toEqual(['a', 'b', 'c'])
})

test('messages that come together go on waiting for each other', async () => {
  const { network, messages } = await setUpWaiting()
  for (let i = 0; i < 3; i++) {
    const next = messages.next()
    network.receive('a')
    network.receive('b')
    expect(await isPending(next)).toBe(true)
    network.endTurn()
    expect([await next, await messages.next()]).toMatchObject([{ value: 'a' }, { value: 'b' }])
  }
})

test('after one that waited in vain sixteen are handed over at once', async () => {
  const { network, messages } = await setUpWaiting()
  for (let round = 0; round < 3; round++) {
    const inVain = messages.next()
    network.receive('in vain')
    expect(await isPending(inVain)).toBe(true)
    network.endTurn()
    await inVain
    for (let i = 0; i < 16; i++) {
      const next = messages.next()
      network.receive('alone')
      expect(await isPending(next)).toBe(false)
    }
  }
})

test('a large message does not wait', async () => {
  const { network, messages } = await setUpWaiting()
  const next = messages.next()
  network.receive('x'.repeat(257))
  expect(await isPending(next)).toBe(false)
})

test('nobody waits where enough do', async () => {
  const { network, messages } = await setUpWaiting({ transport: { waiters: 0 } })
  const next = messages.next()
  network.receive('a')
  expect(await isPending(next)).toBe(false)
})

test('reading in two places is refused while messages wait', async () => {
  const { network, messages } = await setUpWaiting()
  const first = messages.next()
  network.receive('a')
  network.receive('b')
  expect(await outcome(messages.next())).toMatchObject({
    message: expect.stringContaining('already being read'),
  })
  network.endTurn()
  expect([await first, await messages.next()]).toMatchObject([{ value: 'a' }, { value: 'b' }])
})

test('what came in the turn in which the connection ended is read before the end', async () => {
  const { network, messages } = await setUpWaiting()
  const first = messages.next()
  network.receive('a')
  network.receive('b')
  network.end('lost')
  network.endTurn()
  expect([await first, await messages.next()]).toMatchObject([{ value: 'a' }, { value: 'b' }])
  expect(await outcome(messages.next())).toMatchObject({ event: { cause: 'lost' } })
})

test('a full buffer is handed over before that, and the session is no slow one', async () => {
  const { network, messages } = await setUpWaiting({ receiveBufferSize: 1_000 })
  const first = messages.next()
  // 328 bytes each, with the overhead of a message.
  for (let i = 0; i < 3; i++) network.receive('x'.repeat(200))
  expect(await isPending(first)).toBe(true)
  network.receive('x'.repeat(200))
  expect(await isPending(first)).toBe(false)
  for (let i = 1; i < 4; i++) expect(await messages.next()).toMatchObject({ done: false })
  expect(network.calls).toEqual([])
})
