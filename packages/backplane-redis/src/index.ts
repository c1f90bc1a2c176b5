export type { Backplane } from '@wirebeat/topics'
export { type RedisBackplaneOptions, redisBackplane } from './redis-backplane.ts'
