import { connect } from '@nats-io/transport-node'
import { createClient } from 'redis'
import type { Relay } from './topics-relay.ts'

/** The control: each message as one of Redis. */
export async function bareRedis(port: number): Promise<Relay> {
  const url = `redis://127.0.0.1:${port}`
  const [publisher, subscriber] = [createClient({ url }), createClient({ url })]
  await Promise.all([publisher.connect(), subscriber.connect()])
  let received = 0
  return {
    get received() {
      return received
    },
    publish: (topic, message) => void publisher.publish(topic, message),
    async subscribe(topics) {
      await subscriber.subscribe([...topics], () => received++)
    },
  }
}

/** The control: each message as one of NATS. */
export async function bareNats(port: number): Promise<Relay> {
  const connection = await connect({ servers: `127.0.0.1:${port}`, noEcho: true })
  let received = 0
  return {
    get received() {
      return received
    },
    publish: (topic, message) => connection.publish(topic, message),
    async subscribe(topics) {
      const callback = (): void => {
        received++
      }
      for (const topic of topics) connection.subscribe(topic, { callback })
      await connection.flush()
    },
  }
}
