export type { Backplane } from '@wirebeat/topics'
export { type RedisBackplaneOptions, redisBackplane } from './redis-backplane.ts'
export type { RedisClusterOptions } from './redis-cluster.ts'
export type { NodeAddress } from './settings.ts'
