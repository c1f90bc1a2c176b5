// GraphQL over WebSocket: graphql-ws speaks its protocol, and the endpoint does the rest.
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { type Connection, createEndpoint } from '@wirebeat/core'
import { buildSchema } from 'graphql'
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws'

const graphql = makeServer<Record<string, unknown>, Connection>({
  schema: buildSchema(`
    type Query { hello: String! }
    type Subscription { countdown(from: Int!): Int! }
  `),
  roots: {
    query: { hello: () => 'Hello.' },
    subscription: {
      async *countdown({ from }: { readonly from: number }) {
        for (let left = from; left >= 0; left--) yield { countdown: left }
      },
    },
  },
})

/** What graphql-ws does with a connection. */
interface Conversation {
  receive(text: string): Promise<void>
  closed(code: number, reason: string): Promise<void>
}

function converse(connection: Connection): Conversation {
  let receive: Conversation['receive'] = async () => {}
  const closed = graphql.opened(
    {
      protocol: connection.protocol,
      // A subscription goes on when the network has taken the message. What is sent after the end has no reader.
      send: (text) => connection.sendAndWait(text).then(ignore, ignore),
      close: (code, reason) => connection.close(code, reason),
      onMessage(listener) {
        receive = listener
      },
    },
    connection,
  )
  return {
    receive: (text) => receive(text),
    closed: async (code, reason) => closed(code, reason),
  }
}

const conversations = new WeakMap<Connection, Conversation>()
const ignore = (): void => {}

const endpoint = createEndpoint({
  path: '/graphql',
  allowedOrigins: 'same-origin',
  protocols: [GRAPHQL_TRANSPORT_WS_PROTOCOL],
  session: {
    open(connection) {
      conversations.set(connection, converse(connection))
    },
    message(connection, message) {
      // Not returned: the session would wait for the end of a subscription before the next message.
      conversations
        .get(connection)
        ?.receive(String(message))
        .catch((error: unknown) => {
          console.error(error)
          connection.close(CloseCode.InternalServerError, 'Internal server error')
        })
    },
    close: (connection, { code, reason }) => conversations.get(connection)?.closed(code, reason),
  },
})

const server = attach(createServer(), endpoint)
server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  server.closeAllConnections()
})
