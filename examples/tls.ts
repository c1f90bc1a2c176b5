// TLS in the process. With @wirebeat/adapter-uws in place of adapter-ws it is the same file.
import { listen } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  session: echo(),
})

const server = await listen(endpoint, {
  port: Number(process.env.PORT ?? 5001),
  // Paths of files in PEM format.
  tls: { cert: process.env.CERT ?? 'cert.pem', key: process.env.KEY ?? 'key.pem' },
})
console.log(`Listening on port ${server.port}`)

process.once('SIGTERM', async () => {
  await server.close()
  await endpoint.close()
})
