// A library that wants the Headers of the web: Auth.js, whose token is in a cookie.
import { createServer } from 'node:http'
import { encode, getToken } from '@auth/core/jwt'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, refuse } from '@wirebeat/core'

// From the environment, where it matters.
const secret = 'a secret of this program'
const COOKIE = 'authjs.session-token'

/** Stands for the routes of Auth.js, which let people log in. */
const logIn = createServer(async (_request, response) => {
  const token = await encode({ secret, salt: COOKIE, token: { name: 'Ada' } })
  response.setHeader('Set-Cookie', `${COOKIE}=${token}; HttpOnly; SameSite=Lax; Path=/`)
  response.end('You are logged in.')
})

const endpoint = createEndpoint({
  path: '/ws',
  // Cookies decide who somebody is, so the pages of others must stay out.
  allowedOrigins: 'same-origin',
  async authorize(request) {
    const headers = new Headers([...request.headers])
    const token = await getToken({ req: { headers }, secret, salt: COOKIE })
    return token?.name ? { name: token.name } : refuse(401, { body: 'Log in first.' })
  },
  session: {
    open(connection) {
      connection.send(`Hello ${connection.context.name}`)
    },
  },
})

const server = attach(logIn, endpoint)
server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  server.closeAllConnections()
})
