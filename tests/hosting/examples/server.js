// One process: serves until SIGTERM, then sends its clients away and ends.
import { listen } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  // Below the idle timeout of everything on the way.
  keepAliveInterval: 25_000,
  maxConnections: 10_000,
  session: echo(),
})

let isReady = true
const server = await listen(endpoint, {
  host: process.env.HOST ?? '127.0.0.1',
  port: Number(process.env.PORT ?? 5000),
  configure: (host) =>
    host.on('request', ({ url }, response) => {
      if (url === '/live') response.writeHead(200)
      else response.writeHead(url === '/ready' ? (isReady ? 200 : 503) : 404)
      response.end()
    }),
})
console.log(`Listening on port ${server.port}`)

process.once('SIGTERM', async () => {
  isReady = false
  const report = await endpoint.close({ deadline: 20_000, spread: 5_000 })
  await server.close()
  console.log(JSON.stringify(report))
})
