import { createEndpoint } from '@wirebeat/core'
import { ManualClock } from '@wirebeat/core/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createHub, HubError, hubOf, streamOf } from '../src/index.ts'
import { HubTestClient, TestSubject } from '../src/testing.ts'

interface Client {
  said(text: string): void
  ask(question: string): Promise<string>
}

const { method, define } = hubOf<Client>()

const chat = define({
  say: method([z.string()], (call, text) => {
    call.clients.all.send('said', text)
  }),
  fail: method([], () => {
    throw new HubError('no')
  }),
  ask: method([z.string()], (call, question) =>
    call.clients.caller.invoke('ask', { timeout: 1_000 }, question),
  ),
  count: method([z.int()], async function* (_, to) {
    for (let i = 0; i < to; i++) yield i
  }),
  forever: method([], async function* (call) {
    while (!call.signal.aborted) {
      yield 0
      await new Promise(setImmediate)
    }
  }),
  sum: method([z.int(), streamOf(z.int())], async (_, start, items) => {
    let sum = start
    for await (const one of items) sum += one
    return sum
  }),
})

function world() {
  const clock = new ManualClock()
  const ends: string[] = []
  const hub = createHub(chat, { clock, disconnected: (_, { cause }) => ends.push(cause) })
  const endpoint = createEndpoint({
    clock,
    session: hub.session,
    keepAliveInterval: 15_000,
    aliveOn: 'message',
  })
  return { clock, hub, ends, endpoint, connect: () => HubTestClient.connect<typeof chat>(endpoint) }
}

describe('a client of a hub in memory', () => {
  test('calls and is called', async () => {
    const { connect } = world()
    const [ada, bob] = [await connect(), await connect()]
    const heard: string[] = []
    bob.on('said', (text) => heard.push(text))
    ada.send('say', 'hello')
    expect(heard).toEqual(['hello'])
    expect(await ada.invoke('say', 'again')).toBe(null)
    await expect(ada.invoke('fail')).rejects.toThrow(
      "An unexpected error occurred invoking 'fail' on the server. HubException: no",
    )
  })

  test('answers what it is asked', async () => {
    const client = await world().connect()
    await expect(client.invoke('ask', 'why?')).rejects.toThrow("Client didn't provide a result.")
    client.on('ask', async (question) => `${question}!`)
    expect(await client.invoke('ask', 'why')).toBe('why!')
    client.off('ask')
    client.on('ask', () => {
      throw new Error('busy')
    })
    await expect(client.invoke('ask', 'why')).rejects.toThrow('busy')
  })

  test('reads, ends and sends streams', async () => {
    const client = await world().connect()
    const items = await new Promise((resolve, reject) => {
      const list: number[] = []
      client.stream('count', 3).subscribe({
        next: (item) => list.push(item),
        error: reject,
        complete: () => resolve(list),
      })
    })
    expect(items).toEqual([0, 1, 2])
    await new Promise<void>((resolve, reject) => {
      const subscription = client.stream('forever').subscribe({
        next() {
          subscription.dispose()
          resolve()
        },
        error: reject,
        complete() {},
      })
    })
    const numbers = new TestSubject<number>()
    numbers.next(1)
    const sum = client.invoke('sum', 10, numbers)
    numbers.next(2)
    numbers.complete()
    expect(await sum).toBe(13)
    const broken = new TestSubject<number>()
    const failed = client.invoke('sum', 10, broken)
    broken.error(new Error('gone'))
    await expect(failed).rejects.toThrow('HubException: gone')
  })

  test('lives as long as it answers pings, and tells how it ended', async () => {
    const { clock, connect, hub, ends, endpoint } = world()
    const [first, second, third] = [await connect(), await connect(), await connect()]
    clock.advance(3_600_000)
    expect(endpoint.connections.size).toBe(3)
    await first.stop()
    expect(await first.closed).toEqual({ error: undefined, allowReconnect: false, code: 1000 })
    second.vanish()
    expect(await second.closed).toMatchObject({ code: undefined })
    const pending = third.invoke('ask', 'why?')
    await hub.close()
    expect(await third.closed).toEqual({ error: undefined, allowReconnect: true, code: 1000 })
    await expect(pending).rejects.toThrow('The connection has ended.')
    expect(ends).toEqual(['client', 'lost', 'server'])
  })
})
