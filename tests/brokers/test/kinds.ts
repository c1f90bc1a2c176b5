import { natsBackplane } from '@wirebeat/backplane-nats'
import { redisBackplane } from '@wirebeat/backplane-redis'
import type { Backplane } from '@wirebeat/topics'
import { type Broker, NATS, REDIS, startBroker } from './broker.ts'
import { startCluster } from './redis-cluster.ts'

/** A kind of broker, and the backplane on it. */
export interface Kind {
  readonly name: string
  /** @param topic what is done to a broker of several processes is done to the one that has this topic */
  start(topic: string): Promise<Broker>
  /** @param ports where the broker is reached, by the ports where it listens */
  make(ports: ReadonlyMap<number, number>, connectTimeout?: number): Backplane
}

export const redis: Kind = {
  name: 'redis',
  start: () => startBroker(REDIS),
  make: (ports, connectTimeout = 5_000) =>
    redisBackplane({ url: urlsOf(ports)[0] ?? '', connectTimeout }),
}

export const redisCluster: Kind = {
  name: 'redis-cluster',
  start: startCluster,
  make: (ports, connectTimeout = 5_000) =>
    redisBackplane({
      cluster: {
        nodes: urlsOf(ports),
        nodeAddressMap(address) {
          const port = ports.get(Number(address.split(':').at(-1)))
          return port === undefined ? undefined : { host: '127.0.0.1', port }
        },
      },
      connectTimeout,
    }),
}

export const nats: Kind = {
  name: 'nats',
  start: () => startBroker(NATS),
  make: (ports, connectTimeout = 5_000) =>
    natsBackplane({
      servers: [...ports.values()].map((port) => `127.0.0.1:${port}`),
      connectTimeout,
    }),
}

function urlsOf(ports: ReadonlyMap<number, number>): string[] {
  return [...ports.values()].map((port) => `redis://127.0.0.1:${port}`)
}
