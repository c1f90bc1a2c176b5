// Several processes on one port with adapter-ws, on Node 22.12 or later: each listens by itself, and Linux hands the
// connections out (SO_REUSEPORT).
import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint } from '@wirebeat/core'

if (process.send === undefined) {
  const children = Array.from({ length: availableParallelism() }, () =>
    fork(fileURLToPath(import.meta.url)),
  )
  process.once('SIGTERM', () => {
    for (const child of children) child.kill('SIGTERM')
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
  const port = Number(process.env.PORT ?? 5000)
  // Not the adapter's own listen, which keeps the port to one process.
  const server = attach(createServer(), endpoint)
  server.listen({ host: '127.0.0.1', port, reusePort: true }, () => {
    console.log(`Process ${process.pid} listens on port ${port}`)
  })
  process.once('SIGTERM', async () => {
    server.close()
    await endpoint.close()
    server.closeAllConnections()
    process.disconnect()
  })
}
