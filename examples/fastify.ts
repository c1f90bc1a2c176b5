// Fastify: it makes its server early, so the endpoint is attached before it listens.
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import fastify from 'fastify'

const app = fastify()
app.get('/', () => 'A page over HTTP.')

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  session: echo(),
})
attach(app.server, endpoint)
// Before the server closes: it would wait for the open connections.
app.addHook('preClose', async () => {
  await endpoint.close()
})

await app.listen({ port: Number(process.env.PORT ?? 5000), host: 'localhost' })
console.log('Listening on', app.server.address())

process.once('SIGTERM', () => app.close())
