import { expectTypeOf, test } from 'vitest'
import {
  type Connection,
  createEndpoint,
  type Endpoint,
  echo,
  echoLoop,
  type HandlerSession,
  loop,
  type NeedsContext,
} from '../src/index.ts'

interface User {
  readonly name: string
}

const authorize = async (): Promise<User> => ({ name: 'Ada' })

test('the context that authorize makes reaches handlers, loops and events without casts', () => {
  const handlers = createEndpoint({
    authorize,
    session: {
      message(connection, message) {
        expectTypeOf(connection.context).toEqualTypeOf<User>()
        expectTypeOf(message).toEqualTypeOf<string | Uint8Array>()
      },
    },
  })
  expectTypeOf(handlers).toEqualTypeOf<Endpoint<User>>()
  createEndpoint({
    authorize,
    session: {
      memory: 'borrowed',
      message(connection, data, type) {
        expectTypeOf(connection.context).toEqualTypeOf<User>()
        expectTypeOf(data).toEqualTypeOf<string | Uint8Array | ArrayBuffer>()
        expectTypeOf(type).toEqualTypeOf<'text' | 'binary'>()
      },
    },
  })
  createEndpoint({
    authorize,
    session: loop<User>(async (connection) => {
      expectTypeOf(connection.context).toEqualTypeOf<User>()
    }),
  })
  expectTypeOf(createEndpoint({ authorize, session: echo() })).toEqualTypeOf<Endpoint<User>>()
  expectTypeOf(createEndpoint({ authorize, session: echoLoop() })).toEqualTypeOf<Endpoint<User>>()
})

test('without authorize the context is undefined', () => {
  expectTypeOf(createEndpoint({ session: echo() })).toEqualTypeOf<Endpoint<undefined>>()
  createEndpoint({
    session: loop<undefined>(async (connection) => {
      expectTypeOf(connection.context).toEqualTypeOf<undefined>()
    }),
  })
})

test('a session that needs a context needs an authorize that makes it', () => {
  const session: HandlerSession<User> = { open: (connection) => void connection.context.name }
  createEndpoint({ authorize, session })
  // @ts-expect-error there is nothing that makes a User
  createEndpoint({ session })
  // @ts-expect-error nor is there when it is only claimed
  createEndpoint<User>({ session })
  // @ts-expect-error this makes something else
  createEndpoint({ authorize: () => 5, session })
})

test('authorize is handed a signal that fits whatever the runtime takes one for', () => {
  createEndpoint({
    async authorize(_request, { signal }) {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      const response = await fetch('http://localhost', { signal })
      return { name: await response.text() }
    },
    session: {
      open(connection) {
        expectTypeOf(connection.context).toEqualTypeOf<{ name: string }>()
      },
    },
  })
})

test('the parameters of a path reach authorize, sessions, events and connections by name', () => {
  const endpoint = createEndpoint({
    path: '/rooms/:room/seats/:seat_2',
    authorize({ params }) {
      expectTypeOf(params).toEqualTypeOf<{ readonly room: string; readonly seat_2: string }>()
      // @ts-expect-error the path has no such parameter
      void params.seat
      return { name: params.room }
    },
    session: {
      open({ context, params }) {
        expectTypeOf(context).toEqualTypeOf<{ name: string }>()
        expectTypeOf(params.seat_2).toEqualTypeOf<string>()
        // @ts-expect-error the path has no such parameter
        void params.other
      },
    },
  })
  endpoint.on('open', ({ params }) => expectTypeOf(params.room).toEqualTypeOf<string>())
  for (const { params } of endpoint.connections) expectTypeOf(params.room).toEqualTypeOf<string>()
  const any: Endpoint = endpoint
  expectTypeOf(any.connections).toEqualTypeOf<ReadonlySet<Connection>>()
  createEndpoint({
    path: '/rooms/:room',
    session: loop(async ({ params }) => {
      expectTypeOf(params).toMatchTypeOf<{ readonly room?: string }>()
    }),
  })
  createEndpoint({
    path: '/rooms/:room',
    session: loop<undefined, { readonly room: string }>(async ({ params }) => {
      expectTypeOf(params.room).toEqualTypeOf<string>()
    }),
  })
})

test('a path without parameters has none, and one that is not known may have any', () => {
  createEndpoint({
    path: '/rooms',
    session: {
      open: ({ params }) => expectTypeOf(params).toEqualTypeOf<Readonly<Record<string, never>>>(),
    },
  })
  const path: string = '/rooms/:room'
  createEndpoint({
    path,
    authorize: ({ params }) => params['room'] ?? 'lobby',
    session: {
      open: ({ params }) => expectTypeOf(params).toEqualTypeOf<Readonly<Record<string, string>>>(),
    },
  })
})

test('a session that needs no parameters fits every path, and one that does fits a path with them', () => {
  const plain: HandlerSession<User> = { open: ({ params }) => void params['room'] }
  createEndpoint({ path: '/rooms/:room', authorize, session: plain })
  createEndpoint({ path: '/rooms', authorize, session: plain })
  createEndpoint({ path: '/rooms/:room', session: echo() })
  createEndpoint({ path: '/rooms/:room', session: echoLoop() })
  const roomy: HandlerSession<User, { readonly room: string }> = {
    open: ({ params }) => void params.room.length,
  }
  createEndpoint({ path: '/rooms/:room', authorize, session: roomy })
  // @ts-expect-error the path has no such parameter
  createEndpoint({ path: '/rooms', authorize, session: roomy })
  // @ts-expect-error the path has another one
  createEndpoint({ path: '/rooms/:id', authorize, session: roomy })
})

test('a session that was made elsewhere says which context it needs', () => {
  const session: HandlerSession<User | undefined> & NeedsContext<User> = {
    open: ({ context }) => context?.name,
  }
  createEndpoint({ authorize, session })
  expectTypeOf(
    createEndpoint({ session, authorize: ({ url }) => ({ name: url, age: 7 }) }),
  ).toEqualTypeOf<Endpoint<{ name: string; age: number }>>()
  // @ts-expect-error another context than it needs
  createEndpoint({ session, authorize: ({ url }) => ({ id: url }) })
  // @ts-expect-error nobody has made one
  createEndpoint({ session })
})
