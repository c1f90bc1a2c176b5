// Several processes on one port with adapter-uws: each listens by itself, and Linux hands the
// connections out (SO_REUSEPORT).
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { attach, loadEngine } from '@wirebeat/adapter-uws'
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
  const engine = await loadEngine()
  const port = Number(process.env.PORT ?? 5000)
  // Not the adapter's own listen, which keeps the port to one process.
  const app = attach(engine.App(), endpoint)
  app.listen('127.0.0.1', port, 0, (socket) => {
    if (!socket) throw new Error(`cannot listen on port ${port}`)
    console.log(`Process ${process.pid} listens on port ${port}`)
    process.once('SIGTERM', async () => {
      await endpoint.close()
      app.close()
      process.disconnect()
    })
  })
}
