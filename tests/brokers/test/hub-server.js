// A server with a hub and a client, for a test that kills it. It writes the id of the client, and what that is asked.
import { natsBackplane } from '@wirebeat/backplane-nats'
import { redisBackplane } from '@wirebeat/backplane-redis'
import { createEndpoint } from '@wirebeat/core'
import { createHub, hubOf } from '@wirebeat/hub'
import { HubTestClient } from '@wirebeat/hub/testing'
import { createTopics } from '@wirebeat/topics'

const [kind, port] = process.argv.slice(2)
const backplane =
  kind === 'redis'
    ? redisBackplane({ url: `redis://127.0.0.1:${port}` })
    : natsBackplane({ servers: `127.0.0.1:${port}` })
const topics = createTopics({ backplane, encodings: ['json'] })
await topics.ready()

const { method, define } = hubOf()
const hub = createHub(define({ id: method([], (call) => call.connectionId) }), { topics })
const client = await HubTestClient.connect(createEndpoint({ session: hub.session }))
client.on('confirm', (question) => {
  console.log(question)
  return new Promise(() => {})
})
console.log(await client.invoke('id'))
