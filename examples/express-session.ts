// Sessions of Express: who has logged in over HTTP is known to the WebSocket by the same cookie.
import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, type RequestHeaders, refuse } from '@wirebeat/core'
import express from 'express'
import session, { type SessionData } from 'express-session'

declare module 'express-session' {
  interface SessionData {
    name: string
  }
}

const sessions = session({
  // From the environment, where it matters.
  secret: 'a secret of this program',
  resave: false,
  saveUninitialized: false,
})

const app = express()
app.use(sessions)
app.get('/log-in', (request, response) => {
  request.session.name = String(request.query.name)
  response.send('You are logged in.')
})

/** Middleware does not run for an upgrade, so it is run here, for a request that has the cookie. */
function sessionOf(headers: RequestHeaders): Promise<Partial<SessionData>> {
  const made = new IncomingMessage(new Socket())
  made.url = '/'
  made.headers.cookie = headers.get('cookie')
  // Express has added its own members to the types, and the middleware uses none of them.
  const request = made as express.Request
  const response = new ServerResponse(made) as express.Response
  return new Promise((resolve, reject) => {
    sessions(request, response, (error: unknown) => {
      if (error === undefined) resolve(request.session)
      else reject(error)
    })
  })
}

const endpoint = createEndpoint({
  path: '/ws',
  // Cookies decide who somebody is, so the pages of others must stay out.
  allowedOrigins: 'same-origin',
  async authorize({ headers }) {
    const { name } = await sessionOf(headers)
    return name === undefined ? refuse(401, { body: 'Log in first.' }) : { name }
  },
  session: {
    open(connection) {
      connection.send(`Hello ${connection.context.name}`)
    },
  },
})

const server = attach(createServer(app), endpoint)
server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  server.closeAllConnections()
})
