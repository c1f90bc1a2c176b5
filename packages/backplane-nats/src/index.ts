export type { Backplane } from '@wirebeat/topics'
export { type NatsBackplaneOptions, natsBackplane } from './nats-backplane.ts'
