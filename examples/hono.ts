// Hono on Node: its listener in a server of node:http.
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import { Hono } from 'hono'

const app = new Hono()
app.get('/', (context) => context.text('A page over HTTP.'))

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  session: echo(),
})

const server = attach(createServer(getRequestListener(app.fetch)), endpoint)
server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  server.closeAllConnections()
})
