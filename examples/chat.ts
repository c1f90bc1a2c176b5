// A chat: the first message of a client is its name, all others are said to everybody.
import { listen } from '@wirebeat/adapter-ws'
import { type Connection, createEndpoint, loop } from '@wirebeat/core'

const people = new Map<string, Connection>()

function tellAll(text: string): void {
  for (const connection of people.values()) connection.send(text)
}

const chat = loop(async (connection) => {
  let name = ''
  try {
    for await (const message of connection) {
      if (typeof message !== 'string') return connection.close(1003, 'text only')
      if (name !== '') tellAll(`${name}: ${message}`)
      else if (message === '' || people.has(message))
        await connection.sendAndWait('Another name, please.')
      else {
        name = message
        people.set(name, connection)
        tellAll(`${name} has come.`)
      }
    }
  } finally {
    // Also when the connection was lost: reading throws then.
    if (people.delete(name)) tellAll(`${name} has gone.`)
  }
})

const endpoint = createEndpoint({ path: '/ws', messageRate: 10, session: chat })
const server = await listen(endpoint, { port: Number(process.env.PORT ?? 5000) })
console.log(`Listening on port ${server.port}`)

process.once('SIGTERM', async () => {
  await server.close()
  await endpoint.close()
})
