// Who may connect, and what the session knows of them. The context has the type that authorize returns.
import { listen } from '@wirebeat/adapter-ws'
import { createEndpoint, type HandshakeRequest, refuse } from '@wirebeat/core'

interface User {
  readonly name: string
  readonly mayShout: boolean
}

/** In place of a database. */
const userOfTicket = new Map<string, User>([
  ['ticket-of-ada', { name: 'Ada', mayShout: true }],
  ['ticket-of-bob', { name: 'Bob', mayShout: false }],
])

/** A page cannot set headers on a WebSocket, but its cookies are sent along. */
function ticketOf(request: HandshakeRequest): string {
  return /(?:^|; )ticket=([^;]*)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? ''
}

const endpoint = createEndpoint({
  path: '/ws',
  // Cookies decide who somebody is, so the pages of others must stay out.
  allowedOrigins: 'same-origin',
  async authorize(request) {
    const user = userOfTicket.get(ticketOf(request))
    return user ?? refuse(401, { body: 'Log in first.' })
  },
  session: {
    open(connection) {
      connection.send(`Hello ${connection.context.name}`)
    },
    message(connection, message) {
      if (typeof message !== 'string') return connection.close(1003, 'text only')
      connection.send(connection.context.mayShout ? message.toUpperCase() : message)
    },
  },
})

const server = await listen(endpoint, { port: Number(process.env.PORT ?? 5000) })
console.log(`Listening on port ${server.port}`)

process.once('SIGTERM', async () => {
  await server.close()
  await endpoint.close()
})
