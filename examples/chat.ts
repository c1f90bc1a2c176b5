// A chat: the first message of a client is its name, and all others are said in its room. "/room NAME" takes
// it to another room, and "/to NAME TEXT" tells one person.
import { listen } from '@wirebeat/adapter-ws'
import { createEndpoint, loop } from '@wirebeat/core'
import { createTopics, type Subscription } from '@wirebeat/topics'

const NAME = /^[\p{L}\d]{1,20}$/u
const topics = createTopics()

const chat = loop(async (connection) => {
  let name = ''
  let room: Subscription | undefined
  const enter = (to: string): void => {
    leave()
    room = topics.subscribe(connection, `room:${to}`)
    topics.publish(room.topic, `${name} has come.`)
  }
  const leave = (): void => {
    room?.end()
    if (room !== undefined) topics.publish(room.topic, `${name} has gone.`)
  }
  try {
    for await (const message of connection) {
      if (typeof message !== 'string') return connection.close(1003, 'text only')
      const [, command, first = '', rest = ''] = /^\/(room|to) (\S*) ?(.*)$/.exec(message) ?? []
      if (name === '') {
        if (!NAME.test(message) || topics.count(`person:${message}`) > 0) {
          await connection.sendAndWait('Another name, please.')
        } else {
          name = message
          topics.subscribe(connection, `person:${name}`)
          enter('hall')
        }
      } else if (command !== undefined && !NAME.test(first)) {
        await connection.sendAndWait('Another name, please.')
      } else if (command === 'room') enter(first)
      else if (command === 'to') topics.publish(`person:${first}`, `${name} to you: ${rest}`)
      else if (room !== undefined) topics.publish(room.topic, `${name}: ${message}`)
    }
  } finally {
    // Also when the connection was lost: reading throws then.
    leave()
  }
})

const endpoint = createEndpoint({ path: '/ws', messageRate: 10, session: chat })
const server = await listen(endpoint, { port: Number(process.env.PORT ?? 5000) })
console.log(`Listening on port ${server.port}`)

process.once('SIGTERM', async () => {
  await server.close()
  await endpoint.close()
})
