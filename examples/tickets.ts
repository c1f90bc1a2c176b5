// Tickets: whoever has a token asks for a ticket over HTTP, and connects with it. It is good once, for 30 seconds, so that
// one in a log is worth nothing. The connection ends with the login.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, refuse } from '@wirebeat/core'

interface User {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly loggedInUntil: number
}

/** In place of tokens that somebody has signed. */
function userOfToken(authorization: string | undefined): User | undefined {
  if (authorization !== 'Bearer token-of-ada') return undefined
  const lifetime = Number(process.env.LOGIN_LIFETIME ?? 3_600_000)
  return { name: 'Ada', loggedInUntil: Date.now() + lifetime }
}

const TICKET_LIFETIME = 30_000
/** With several servers they belong where all of them find them, such as in Redis. */
const tickets = new Map<string, User>()

function issueTicket(user: User): string {
  const ticket = randomBytes(16).toString('base64url')
  tickets.set(ticket, user)
  setTimeout(() => tickets.delete(ticket), TICKET_LIFETIME).unref()
  return ticket
}

function takeTicket(ticket: string | null): User | undefined {
  const user = tickets.get(ticket ?? '')
  tickets.delete(ticket ?? '')
  return user
}

const server = createServer((request, response) => {
  const isTicketRequest = request.method === 'POST' && request.url === '/ticket'
  const user = userOfToken(request.headers.authorization)
  if (!isTicketRequest) response.writeHead(404).end()
  else if (user === undefined) response.writeHead(401).end()
  else response.writeHead(200, { 'Cache-Control': 'no-store' }).end(issueTicket(user))
})

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  authorize({ url }) {
    const ticket = new URL(url, 'http://localhost').searchParams.get('ticket')
    return takeTicket(ticket) ?? refuse(401, { body: 'Ask for a new ticket.' })
  },
  session: {
    open(connection) {
      const { name, loggedInUntil } = connection.context
      connection.send(`Hello ${name}`)
      const end = () => connection.close(4401, 'Log in again.')
      const timer = setTimeout(end, loggedInUntil - Date.now())
      connection.closed.then(() => clearTimeout(timer))
    },
    message: (connection, message) => connection.send(message),
  },
})
attach(server, endpoint)
server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  server.closeAllConnections()
})
