// Express: its routes as ever, and an endpoint on the server below it.
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import express from 'express'

const app = express()
app.get('/', (_request, response) => {
  response.send('A page over HTTP.')
})

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  session: echo(),
})

// attach(app.listen(5000), endpoint) does it as well: a server may listen already.
const server = attach(createServer(app), endpoint)
server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  server.closeAllConnections()
})
