// A chat on a hub, for the official client of SignalR. hub-client.ts is one on Node.
import { listen } from '@wirebeat/adapter-ws'
import { createEndpoint, refuse } from '@wirebeat/core'
import { httpTransports } from '@wirebeat/http-transports'
import { createHub } from '@wirebeat/hub'
import { chat, type User } from './chat-hub.ts'

/** In place of tokens that somebody has signed. */
const userOfToken = new Map<string, User>([
  ['token-of-ada', { name: 'Ada' }],
  ['token-of-bob', { name: 'Bob' }],
])

const hub = createHub(chat, {
  userId: (user) => user.name,
  connected: (caller) => console.log(`${caller.context.name} is here`),
  disconnected: (caller, { cause }) => console.log(`${caller.context.name} has gone: ${cause}`),
})

const endpoint = createEndpoint({
  path: '/chat',
  session: hub.session,
  httpTransports: httpTransports(),
  // Browsers cannot set headers on a WebSocket, so their token stands in the query.
  authorize({ headers, url }) {
    const [, bearer] = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '') ?? []
    const token = bearer ?? new URL(url, 'http://localhost').searchParams.get('access_token')
    return userOfToken.get(token ?? '') ?? refuse(401)
  },
  // What the client expects.
  keepAliveInterval: 15_000,
  aliveOn: 'message',
})

const server = await listen(endpoint, { port: Number(process.env.PORT ?? 5000) })
console.log(`Listening on port ${server.port}`)

process.once('SIGTERM', async () => {
  await server.close()
  // Clients with automatic reconnect come back to another server.
  await endpoint.close()
  await hub.close()
})
