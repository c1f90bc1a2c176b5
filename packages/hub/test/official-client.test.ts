import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  LogLevel,
  Subject,
} from '@microsoft/signalr'
import { createEndpoint, type EndpointOptions } from '@wirebeat/core'
import type { Adapter } from '@wirebeat/core/adapter'
import { httpTransports } from '@wirebeat/http-transports'
import { adapters } from '@wirebeat/test-support'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { bytes } from '../src/definition/bytes.ts'
import { hubOf } from '../src/definition/hub-of.ts'
import { streamOf } from '../src/definition/parameter.ts'
import { HubError } from '../src/errors/hub-error.ts'
import { createHub } from '../src/hub.ts'
import { gate } from './support/one-hub.ts'

interface Client {
  said(text: string): void
  ask(question: string): Promise<string>
}

const { method, define } = hubOf<Client, { readonly name: string }>()

const definition = define({
  Echo: method([z.unknown()], (_, value) => value),
  Fail: method([], () => {
    throw new HubError('The room is full.')
  }),
  Reversed: method([bytes()], (_, data) => data.toReversed()),
  Say: method([z.string()], (call, text) => {
    call.clients.all.send('said', text)
  }),
  Join: method([z.string()], async (call, group) => {
    await call.groups.add(group)
    call.clients.group(group).send('said', `${call.context.name} has joined`)
  }),
  Count: method([z.int()], async function* (_, to) {
    for (let i = 0; i < to; i++) yield i
  }),
  Forever: method([], async function* (call) {
    for (let i = 0; !call.signal.aborted; i++) {
      yield i
      await new Promise(setImmediate)
    }
  }),
  Sum: method([streamOf(z.int())], async (_, items) => {
    let sum = 0
    for await (const one of items) sum += one
    return sum
  }),
  SlowSum: method([streamOf(z.int())], async (_, items) => {
    let sum = 0
    for await (const one of items) {
      await new Promise(setImmediate)
      sum += one
    }
    return sum
  }),
  Later: method([z.int()], async (_, value) => {
    await new Promise(setImmediate)
    return value
  }),
  Doubled: method([streamOf(z.int())], async function* (_, items) {
    for await (const one of items) yield 2 * one
  }),
  Ask: method([z.string()], (call, question) =>
    call.clients.caller.invoke('ask', { timeout: 30_000 }, question),
  ),
  Leave: method([z.boolean()], (call, allowReconnect) => call.disconnect({ allowReconnect })),
})

async function servedOver(
  adapter: Adapter,
  transport: HttpTransportType,
  options: Pick<EndpointOptions, 'keepAliveInterval' | 'aliveOn'> = {},
) {
  const ends: string[] = []
  const hub = createHub(definition, {
    disconnected: (_, { cause }) => ends.push(cause),
  })
  const endpoint = createEndpoint({
    path: '/hubs/:name',
    session: hub.session,
    authorize: ({ params }) => ({ name: params.name }),
    httpTransports: httpTransports(),
    ...options,
  })
  const server = await adapter.listen(endpoint, { host: '127.0.0.1', port: 0 })
  const clients: HubConnection[] = []
  return {
    hub,
    endpoint,
    ends,
    async client(name = 'ada', withReconnect = false, pingEvery?: number): Promise<HubConnection> {
      const builder = new HubConnectionBuilder()
        .withUrl(`http://127.0.0.1:${server.port}/hubs/${name}`, {
          transport,
          skipNegotiation: transport === HttpTransportType.WebSockets,
        })
        .configureLogging(LogLevel.None)
      if (withReconnect) builder.withAutomaticReconnect([0])
      if (pingEvery !== undefined) builder.withKeepAliveInterval(pingEvery)
      const client = builder.build()
      clients.push(client)
      await client.start()
      return client
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.stop()))
      await endpoint.close({ deadline: 0 })
      await server.close()
    },
  }
}

/** All items of a stream. */
function itemsOf(client: HubConnection, name: string, ...args: unknown[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const items: unknown[] = []
    client.stream(name, ...args).subscribe({
      next: (item) => items.push(item),
      error: reject,
      complete: () => resolve(items),
    })
  })
}

const TRANSPORTS = [
  ['WebSockets', HttpTransportType.WebSockets],
  ['Server-Sent Events', HttpTransportType.ServerSentEvents],
  ['long polling', HttpTransportType.LongPolling],
] as const

const EVERYWHERE = adapters.flatMap((adapter) =>
  TRANSPORTS.map(([name, transport]) => ({ adapter, name, transport })),
)

describe.each(EVERYWHERE)('the official client, on adapter $adapter.name, over $name,', (where) => {
  const served = (options?: Parameters<typeof servedOver>[2]) =>
    servedOver(where.adapter, where.transport, options)

  test('calls, and is told of errors by its own text', async () => {
    await using world = await served()
    const client = await world.client()
    const value = { text: 'é␞\u001e', list: [1, null, { deep: [] }] }
    expect(await client.invoke('echo', value)).toEqual(value)
    expect(await client.invoke('Reversed', 'AQID')).toBe('AwIB')
    await expect(client.invoke('Fail')).rejects.toThrow(
      "An unexpected error occurred invoking 'Fail' on the server. HubException: The room is full.",
    )
    await expect(client.invoke('Nope')).rejects.toThrow('Method does not exist.')
  })

  test('is called, alone and with others', async () => {
    await using world = await served()
    const [ada, bob] = [await world.client('ada'), await world.client('bob')]
    const heard: string[] = []
    const all = gate()
    for (const client of [ada, bob]) {
      client.on('said', (text: string) => {
        heard.push(text)
        if (heard.length === 3) all.open()
      })
    }
    await ada.send('Say', 'hello')
    await bob.invoke('Join', 'room')
    await all.promise
    expect(heard.toSorted()).toEqual(['bob has joined', 'hello', 'hello'])
  })

  test('answers what it is asked, in words or by an error', async () => {
    await using world = await served()
    const client = await world.client()
    client.on('ask', async (question: string) => {
      if (question === '') throw new Error('nobody knows')
      // It calls before it answers.
      return client.invoke('Echo', `${question}!`)
    })
    expect(await client.invoke('Ask', 'why')).toBe('why!')
    await expect(client.invoke('Ask', '')).rejects.toThrow('nobody knows')
  })

  test('reads streams, sends streams, and ends them', async () => {
    await using world = await served()
    const client = await world.client()
    expect(await itemsOf(client, 'Count', 1_000)).toHaveLength(1_000)
    const numbers = new Subject<number>()
    const sum = client.invoke('Sum', numbers)
    for (let i = 1; i <= 100; i++) numbers.next(i)
    numbers.complete()
    expect(await sum).toBe(5_050)
    const more = new Subject<number>()
    const doubled = itemsOf(client, 'Doubled', more)
    for (let i = 0; i < 50; i++) more.next(i)
    more.complete()
    expect((await doubled).at(-1)).toBe(98)
    const enough = gate()
    const subscription = client.stream('Forever').subscribe({
      next: (item) => {
        if (item === 10) enough.open()
      },
      error() {},
      complete() {},
    })
    await enough.promise
    subscription.dispose()
    expect(await client.invoke('Echo', 1)).toBe(1)
  })

  test('makes many calls at a time, in order', async () => {
    await using world = await served()
    const client = await world.client()
    const calls = Array.from({ length: 2_000 }, (_, index) => client.invoke('Echo', index))
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => index))
  })

  test('leaves, and the hub knows', async () => {
    await using world = await served()
    const client = await world.client()
    await client.stop()
    await expect.poll(() => world.ends).toHaveLength(1)
    // The client hangs up while the request that says so is still under way.
    const causes =
      where.transport === HttpTransportType.ServerSentEvents ? ['client', 'lost'] : ['client']
    expect(causes).toContain(world.ends[0])
  })

  test('comes back when it may, and only then', async () => {
    await using world = await served()
    const client = await world.client('ada', true)
    const [back, gone] = [gate(), gate()]
    client.onreconnected(() => back.open())
    client.onclose(() => gone.open())
    await client.send('Leave', true)
    await back.promise
    expect(await client.invoke('Echo', 1)).toBe(1)
    await client.send('Leave', false)
    await gone.promise
    await expect.poll(() => world.ends).toEqual(['server', 'server'])
  })

  test('is told of a shutdown that it may come back', async () => {
    await using world = await served()
    const client = await world.client('ada', true)
    const leaves = gate()
    client.onreconnecting(() => leaves.open())
    const report = await world.endpoint.close()
    await leaves.promise
    expect(report).toMatchObject({ total: 1, causes: { shutdown: 1 } })
  })

  // Polls are signs of life.
  const polls = where.transport === HttpTransportType.LongPolling
  test.skipIf(polls)('is told that it was silent for too long', async () => {
    await using world = await served({ keepAliveInterval: 300, aliveOn: 'message' })
    const client = await world.client('ada', false, 60_000)
    const closed = new Promise<Error | undefined>((resolve) => client.onclose(resolve))
    expect(await closed).toMatchObject({
      message: 'Server returned an error on close: Connection closed with an error.',
    })
    await expect.poll(() => world.ends).toEqual(['heartbeat'])
  })

  test('waits with calls beyond the bound until the server reads on', async () => {
    await using world = await served()
    const client = await world.client()
    const numbers = new Subject<number>()
    const sum = client.invoke('SlowSum', numbers)
    for (let i = 1; i <= 1_000; i++) numbers.next(i)
    numbers.complete()
    const calls = Array.from({ length: 200 }, (_, index) => client.invoke('Later', index))
    expect(await sum).toBe(500_500)
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => index))
  })
})
