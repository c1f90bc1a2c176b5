import { expectTypeOf, test } from 'vitest'
import {
  createEndpoint,
  type Endpoint,
  echo,
  echoLoop,
  type HandlerSession,
  loop,
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
