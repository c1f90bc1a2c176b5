// What one sends, all get. Whoever does not keep up misses some, and holds nobody up.
import { listen } from '@wirebeat/adapter-ws'
import { type Connection, createEndpoint, type Message, prepare } from '@wirebeat/core'

/** Bytes that may wait for a client before messages pass it by. */
const PATIENCE = 64 * 1024

function broadcast(connections: Iterable<Connection>, message: Message): void {
  const prepared = prepare(message)
  for (const connection of connections) {
    if (connection.bufferedAmount <= PATIENCE) connection.send(prepared)
  }
}

const endpoint = createEndpoint({
  path: '/ws',
  session: {
    message(_connection, message) {
      broadcast(endpoint.connections, message)
    },
  },
})

const server = await listen(endpoint, { port: Number(process.env.PORT ?? 5000) })
console.log(`Listening on port ${server.port}`)

process.once('SIGTERM', async () => {
  await server.close()
  await endpoint.close()
})
