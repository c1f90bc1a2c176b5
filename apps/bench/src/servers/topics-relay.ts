import { natsBackplane } from '@wirebeat/backplane-nats'
import { redisBackplane } from '@wirebeat/backplane-redis'
import { type Connection, createEndpoint } from '@wirebeat/core'
import { serve } from '@wirebeat/core/adapter'
import { createTopics } from '@wirebeat/topics'
import { DiscardingTransport, open } from '../discarding-transport.ts'

/** What publishes to another server, and receives from it. */
export interface Relay {
  readonly received: number
  publish(topic: string, message: string): void
  subscribe(topics: readonly string[]): Promise<void>
}

/** Topics on a backplane, with one connection that is subscribed to all of them. */
export async function topicsRelay(broker: 'redis' | 'nats', port: number): Promise<Relay> {
  const backplane =
    broker === 'redis'
      ? redisBackplane({ url: `redis://127.0.0.1:${port}` })
      : natsBackplane({ servers: `127.0.0.1:${port}` })
  const topics = createTopics({ backplane })
  await topics.ready()
  return {
    get received() {
      return topics.stats().received
    },
    publish: (topic, message) => void topics.publish(topic, message),
    async subscribe(names) {
      const opened: Connection[] = []
      const session = { open: (connection: Connection) => void opened.push(connection) }
      open(serve(createEndpoint({ session, keepAliveInterval: 0 })), new DiscardingTransport())
      const relayed = opened.flatMap((connection) =>
        names.map((name) => topics.subscribe(connection, name).relayed),
      )
      await Promise.all(relayed)
    },
  }
}
