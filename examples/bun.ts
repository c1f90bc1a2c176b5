// Bun: pages of the application's own, and an endpoint beside them.
import { listen } from '@wirebeat/adapter-bun'
import { createEndpoint, echo } from '@wirebeat/core'

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  keepAliveInterval: 25_000,
  session: echo(),
})

const server = await listen(endpoint, {
  port: Number(process.env.PORT ?? 5000),
  configure(options) {
    options.fetch = () => new Response('A page over HTTP.')
  },
})
console.log(`Listening on port ${server.port}`)

process.once('SIGTERM', async () => {
  await server.close()
  await endpoint.close()
})
