// Two endpoints on one server, each with a path, a policy and a session of its own.
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo, loop } from '@wirebeat/core'

const anyone = createEndpoint({
  path: '/echo',
  maxMessageSize: 4096,
  session: echo(),
})

const ourPages = createEndpoint({
  path: '/sum',
  allowedOrigins: 'same-origin',
  requireOrigin: true,
  session: loop(async (connection) => {
    let sum = 0
    for await (const message of connection) {
      sum += Number(message)
      await connection.sendAndWait(String(sum))
    }
  }),
})

const server = createServer()
attach(server, anyone)
attach(server, ourPages)
server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await Promise.all([anyone.close(), ourPages.close()])
  server.closeAllConnections()
})
