// Next.js: a custom server, because its own gives no access to upgrades.
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import next from 'next'

const app = next({ dev: process.env.NODE_ENV !== 'production' })
await app.prepare()
const handle = app.getRequestHandler()

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  session: echo(),
})

const server = createServer((request, response) => handle(request, response))
attach(server, endpoint)
server.listen(Number(process.env.PORT ?? 3000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  await app.close()
  // In development Next.js goes on watching files.
  process.exit()
})
