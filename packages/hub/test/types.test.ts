import { HubConnectionBuilder, Subject as OfficialSubject } from '@microsoft/signalr'
import { createEndpoint } from '@wirebeat/core'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { bytes, createHub, type HubClient, hubOf, type Sent, streamOf } from '../src/index.ts'

interface ChatClient {
  said(text: string): void
  ask(question: string): Promise<string>
  done(): Promise<void>
}

interface User {
  readonly name: string
}

const { method, filter, define } = hubOf<ChatClient, User>()

// Each of these could stand in a file of its own.
const say = method([v.string(), type('string')], (call, room, text) => {
  expectTypeOf(call.context).toEqualTypeOf<User>()
  expectTypeOf(room).toEqualTypeOf<string>()
  expectTypeOf(text).toEqualTypeOf<string>()
  return call.clients.group(room).send('said', `${call.context.name}: ${text}`)
})
const timed = filter(async (call, next) => {
  expectTypeOf(call.method).toEqualTypeOf<string>()
  expectTypeOf(call.args).toEqualTypeOf<readonly unknown[]>()
  return next()
})

const chat = define({
  say,
  join: method([z.string()], async (call, room) => {
    await call.groups.add(room.trim())
  }),
  ask: method([], (call) => call.clients.caller.invoke('ask', { timeout: 1000 }, 'who?')),
  when: method([z.string().optional(), z.int().optional()], (_call, _zone, n) => ({
    at: new Date(),
    n,
  })),
  count: method([z.int()], async function* (call, to) {
    for (let i = 0; i < to && !call.signal.aborted; i++) yield i
  }),
  upload: method([streamOf(z.int()), z.string()], async (_call, items, name) => {
    expectTypeOf(items).toEqualTypeOf<AsyncIterable<number>>()
    let sum = 0
    for await (const i of items) sum += i
    return sum + name.length
  }),
  picture: method([bytes()], (_call, data) => {
    expectTypeOf(data).toEqualTypeOf<Uint8Array>()
    return data
  }),
  trimmed: method([z.string().transform((text) => text.length)], (_call, length) => {
    expectTypeOf(length).toEqualTypeOf<number>()
  }),
})

describe('the types of a hub', () => {
  test('know its clients, from inside and outside of calls', () => {
    const hub = createHub(chat, {
      userId: (user) => user.name,
      filters: [timed],
      connected: (caller) => caller.clients.others.send('said', caller.context.name),
      disconnected(caller, end) {
        expectTypeOf(caller.context).toEqualTypeOf<User>()
        expectTypeOf(end.error).toEqualTypeOf<string | undefined>()
      },
    })
    const use = () => {
      expectTypeOf(hub.clients.user('ada').send('said', 'hello')).toEqualTypeOf<Sent>()
      expectTypeOf(
        hub.clients.connection('id').invoke('ask', { timeout: 1000 }, 'why?'),
      ).toEqualTypeOf<Promise<string>>()
      expectTypeOf(hub.clients.connection('id').invoke('done', { timeout: 1000 })).toEqualTypeOf<
        Promise<void>
      >()
      // @ts-expect-error a group can be told, not asked
      hub.clients.group('x').send('ask', 'why?')
      // @ts-expect-error only one can be asked
      hub.clients.group('x').invoke
      // @ts-expect-error a client that is told gives no answer
      hub.clients.connection('x').invoke('said', { timeout: 1000 }, 'hello')
      // @ts-expect-error wrong argument
      hub.clients.all.send('said', 1)
      // @ts-expect-error missing argument
      hub.clients.all.send('said')
      // @ts-expect-error unknown method of the client
      hub.clients.all.send('sayed', 'hello')
      // @ts-expect-error an answer is never waited for without a limit
      hub.clients.connection('id').invoke('ask', {}, 'why?')
      // @ts-expect-error there is no caller outside of calls
      hub.clients.caller
      // @ts-expect-error connections of a user, or one connection
      hub.disconnect({ user: 'ada', connection: 'id' })
      // @ts-expect-error what userId returns is a text
      createHub(chat, { userId: (user) => user })
      // @ts-expect-error there is no such option
      createHub(chat, { userID: (user: User) => user.name })
    }
    expectTypeOf(use).toBeFunction()
  })

  test('know its context, which is what the endpoint has let in', () => {
    const hub = createHub(chat)
    const use = () => {
      const session = hub.session
      createEndpoint({ authorize: () => ({ name: 'ada' }), session })
      createEndpoint({ session, authorize: ({ url }) => ({ name: url, id: 7 }) })
      createEndpoint({ authorize: async (request) => ({ name: request.url }), session })
      // @ts-expect-error another context than that of the hub
      createEndpoint({ authorize: () => ({ id: 7 }), session })
      // @ts-expect-error the same, of a request
      createEndpoint({ session, authorize: ({ url }) => ({ id: url }) })
      // @ts-expect-error nobody has made a context
      createEndpoint({ session })
      const forAnybody = createHub(hubOf<ChatClient>().define({})).session
      createEndpoint({ session: forAnybody })
      createEndpoint({ session: forAnybody, authorize: ({ url }) => ({ id: url }) })
    }
    expectTypeOf(use).toBeFunction()
  })

  test('forbid methods that are none', () => {
    const use = () => {
      // @ts-expect-error a function is no method
      define({ say: () => {} })
      // @ts-expect-error a text is no schema
      method(['string'], () => {})
      // @ts-expect-error another argument than the schema has
      method([z.string()], (_call, count: number) => count)
      // @ts-expect-error more arguments than there are schemas
      method([z.string()], (_call, _text, more: string) => more)
      // @ts-expect-error a stream of something that is no schema
      streamOf('int')
    }
    expectTypeOf(use).toBeFunction()
  })
})

describe('the types of an official client', () => {
  test('are those of the hub, as values arrive in JSON', () => {
    const use = async () => {
      const client: HubClient<typeof chat> = new HubConnectionBuilder().withUrl('/chat').build()
      const numbers = new OfficialSubject<number>()
      await client.start()
      await client.invoke('join', 'a')
      await client.send('say', 'room', 'text')
      expectTypeOf(await client.invoke('ask')).toEqualTypeOf<string>()
      const when = await client.invoke('when')
      expectTypeOf(when).toEqualTypeOf<{ at: string; n: number | undefined }>()
      await client.invoke('when', 'UTC', 1)
      expectTypeOf(await client.invoke('upload', numbers, 'name')).toEqualTypeOf<number>()
      expectTypeOf(await client.invoke('picture', 'AQID')).toEqualTypeOf<string>()
      await client.invoke('trimmed', 'text')
      client.stream('count', 3).subscribe({
        next: (one) => expectTypeOf(one).toEqualTypeOf<number>(),
        error() {},
        complete() {},
      })
      client.on('said', (text) => text.toUpperCase())
      client.on('ask', async (question) => question)
      // @ts-expect-error unknown method
      await client.invoke('jion', 'a')
      // @ts-expect-error wrong argument
      await client.invoke('join', 1)
      // @ts-expect-error missing argument
      await client.invoke('join')
      // @ts-expect-error one argument too many
      await client.invoke('join', 'a', 'b')
      // @ts-expect-error a stream is not invoked
      await client.invoke('count', 3)
      // @ts-expect-error only a stream is streamed
      client.stream('join', 'a')
      // @ts-expect-error a Date does not arrive as one
      const date: { at: Date } = await client.invoke('when')
      // @ts-expect-error the client must answer with a text
      client.on('ask', async () => 1)
      // @ts-expect-error unknown method of the client
      client.on('sayed', () => {})
      // @ts-expect-error wrong argument of the client's method
      client.on('said', (text: number) => text)
      return date
    }
    expectTypeOf(use).toBeFunction()
  })
})
