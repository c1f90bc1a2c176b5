import {
  type Connection,
  createEndpoint,
  type EndpointOptions,
  type HandlerSession,
  type Message,
} from '@wirebeat/core'
import { ManualClock, MemoryClient, type MemoryClientOptions } from '@wirebeat/core/testing'

/** A client in memory, and its connection on the server. */
export interface Person {
  readonly client: MemoryClient
  readonly connection: Connection
}

/** Opens connections to an endpoint of its own, whose clock stands still. */
export function people(
  session: HandlerSession<undefined> = {},
  options: Partial<EndpointOptions> = {},
) {
  const clock = new ManualClock()
  const endpoint = createEndpoint({ clock, session, ...options })
  const opened: Connection[] = []
  endpoint.on('open', (connection) => opened.push(connection))
  return {
    clock,
    endpoint,
    async person(clientOptions: MemoryClientOptions = {}): Promise<Person> {
      const client = await MemoryClient.connect(endpoint, clientOptions)
      // It was opened within the call.
      return { client, connection: opened.at(-1) as Connection }
    },
  }
}

/** Five clients of one endpoint. */
export async function five(): Promise<[Person, Person, Person, Person, Person]> {
  const { person } = people()
  return [await person(), await person(), await person(), await person(), await person()]
}

/** Makes a connection run code of the application while it is sent something, as some streams do. */
export function onSend({ connection }: Person, act: (data: unknown) => void): void {
  const { send } = connection
  Object.defineProperty(connection, 'send', {
    value(...args: Parameters<typeof send>) {
      const result = send.apply(connection, args)
      act(args[0])
      return result
    },
  })
}

/** What a client has received, up to a message that is sent now. */
export async function received({ client, connection }: Person): Promise<Message[]> {
  const messages: Message[] = []
  connection.send(END)
  for (;;) {
    const message = await client.message()
    if (message === END) return messages
    messages.push(message)
  }
}

const END = 'that was all'
