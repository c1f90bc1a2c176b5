// A chat on two servers, which reach each other's clients over a broker: a Redis if REDIS_URL names one, else a broker in
// this process. On real machines each server is a process of its own.
import { listen } from '@wirebeat/adapter-ws'
import { redisBackplane } from '@wirebeat/backplane-redis'
import { createEndpoint, refuse } from '@wirebeat/core'
import { ClientResultError, createHub, type Hub, HubError, hubOf } from '@wirebeat/hub'
import { type Backplane, createTopics } from '@wirebeat/topics'
import { createBroker } from '@wirebeat/topics/testing'
import { z } from 'zod'

/** What the hub may call of its clients. */
interface ChatClient {
  said(room: string, name: string, text: string): void
  whispered(name: string, text: string): void
  invited(name: string, room: string): Promise<boolean>
}

interface User {
  readonly name: string
}

const { method, define } = hubOf<ChatClient, User>()
const roomName = z.string().min(1).max(40)
const id = z.string().max(100)
const text = z.string().max(1_000)

async function startServer(name: string, backplane: Backplane) {
  const topics = createTopics({ backplane, name, encodings: ['json'] })
  topics.on('gap', ({ topic, reason }) =>
    console.log(`${name} missed something: ${topic} ${reason}`),
  )

  const chat = define({
    me: method([], (call) => call.connectionId),
    join: method([roomName], (call, room) => call.groups.add(room)),

    // The members of the room hear it, whichever server they are connected to.
    say: method([roomName, text], (call, room, text) => {
      call.clients.group(room).send('said', room, call.context.name, text)
    }),

    // Who whispers learns whether it was sent.
    whisper: method([id, text], (call, id, text) =>
      call.clients.connection(id).send('whispered', call.context.name, text).confirmed(),
    ),

    // The other client is asked, and becomes a member of the room where it is connected.
    invite: method([id, roomName], async (call, id, room) => {
      const guest = call.clients.connection(id)
      try {
        const agrees = await guest.invoke('invited', { timeout: 30_000 }, call.context.name, room)
        return agrees === true && (await hub.groups.add(id, room))
      } catch (error) {
        if (error instanceof ClientResultError) throw new HubError(`No answer: ${error.reason}.`)
        throw error
      }
    }),

    // All connections of the user end, on all servers. The answer is how many there were.
    logOut: method([], (call) => {
      const { name } = call.context
      // Not awaited: the connection of this call ends too.
      void hub.disconnect({ user: name }).then((count) => console.log(`${name} had ${count}`))
    }),
  })

  const hub: Hub<ChatClient, User> = createHub(chat, { topics, userId: (user) => user.name })
  const endpoint = createEndpoint({
    path: '/chat',
    session: hub.session,
    // In place of a login.
    authorize({ url }) {
      const user = new URL(url, 'http://localhost').searchParams.get('name')
      return user ? { name: user } : refuse(401)
    },
    keepAliveInterval: 15_000,
    aliveOn: 'message',
  })
  await topics.ready()
  const server = await listen(endpoint, { port: 0 })
  console.log(`${name} listens on port ${server.port}`)
  return async () => {
    await server.close()
    // Clients with automatic reconnect come back to the other server.
    await endpoint.close()
    await hub.close()
    // Says good-bye to the other server.
    await topics.close()
  }
}

const { REDIS_URL: url } = process.env
const broker = createBroker()
const makeBackplane = () => (url === undefined ? broker.backplane() : redisBackplane({ url }))
const stop = await Promise.all([
  startServer('first', makeBackplane()),
  startServer('second', makeBackplane()),
])

process.once('SIGTERM', () => Promise.all(stop.map((close) => close())))
