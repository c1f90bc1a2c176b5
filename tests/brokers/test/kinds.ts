import { natsBackplane } from '@wirebeat/backplane-nats'
import { redisBackplane } from '@wirebeat/backplane-redis'
import type { Backplane } from '@wirebeat/topics'
import { type BrokerCommand, NATS, REDIS } from './broker.ts'

/** A kind of broker, and the backplane on it. */
export interface Kind {
  readonly name: string
  readonly command: BrokerCommand
  make(port: number, connectTimeout?: number): Backplane
}

export const redis: Kind = {
  name: 'redis',
  command: REDIS,
  make: (port, connectTimeout = 5_000) =>
    redisBackplane({ url: `redis://127.0.0.1:${port}`, connectTimeout }),
}

export const nats: Kind = {
  name: 'nats',
  command: NATS,
  make: (port, connectTimeout = 5_000) =>
    natsBackplane({ servers: `127.0.0.1:${port}`, connectTimeout }),
}
