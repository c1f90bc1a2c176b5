import type { RedisClientOptions } from 'redis'

/** The options of `redisBackplane`, checked and with their defaults. */
export interface Settings {
  readonly client: RedisClientOptions
  readonly prefix: string
  readonly maxPayload: number
  /** How long the start waits for Redis, in milliseconds. */
  readonly connectTimeout: number
}

/** The name of a channel at Redis. */
export function nameOf({ prefix }: Settings, channel: string): string {
  return `${prefix}:${channel}`
}

/** Where a Redis listens. */
export interface NodeAddress {
  readonly host: string
  readonly port: number
}

const DEFAULT_PORT = 6_379

export function addressOf(url: string): NodeAddress {
  const { hostname, port } = new URL(url)
  // Of an IPv6 address without its brackets.
  const host = hostname.replace(/^\[|\]$/g, '')
  return { host, port: port === '' ? DEFAULT_PORT : Number(port) }
}

export function placeOf({ host, port }: NodeAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** What went wrong, as a sentence. Nothing else of an error is shown. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(' ')
  return error instanceof Error ? error.message : String(error)
}

export function unreachable(address: NodeAddress, why: unknown): Error {
  const text = `Redis at ${placeOf(address)} cannot be reached.`
  return new Error(`${text} ${reasonOf(why)}`)
}
