// A server of node:http: a page of its own, and an endpoint beside it.
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  keepAliveInterval: 25_000,
  session: echo(),
})

const server = createServer((_request, response) => {
  response.end('A page over HTTP.')
})
attach(server, endpoint).listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  server.closeAllConnections()
})
