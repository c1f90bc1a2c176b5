// Koa: its callback in a server of node:http.
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import Koa from 'koa'

const app = new Koa()
app.use((context) => {
  context.body = 'A page over HTTP.'
})

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  session: echo(),
})

const server = attach(createServer(app.callback()), endpoint)
server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  server.closeAllConnections()
})
