// Several processes on one port with adapter-ws: the first accepts, and hands the connections out.
import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { listen } from '@wirebeat/adapter-ws'
import { createEndpoint } from '@wirebeat/core'

if (cluster.isPrimary) {
  for (let i = 0; i < availableParallelism(); i++) cluster.fork()
  process.once('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
  })
} else {
  const endpoint = createEndpoint({
    path: '/ws',
    session: {
      message(connection) {
        connection.send(`process ${process.pid}`)
      },
    },
  })
  const server = await listen(endpoint, {
    host: '127.0.0.1',
    port: Number(process.env.PORT ?? 5000),
  })
  console.log(`Process ${process.pid} listens on port ${server.port}`)
  process.once('SIGTERM', async () => {
    await endpoint.close()
    await server.close()
    cluster.worker?.disconnect()
  })
}
