import { OptionError } from '@wirebeat/core'
import {
  checkInteger,
  checkNames,
  checkObject,
  MAX_TIMER,
  wrongValue,
} from '@wirebeat/core/extension'
import type { Backplane } from '@wirebeat/topics'
import type { RedisClientOptions } from 'redis'
import { RedisCluster, type RedisClusterOptions } from './redis-cluster.ts'
import { SingleRedis } from './single-redis.ts'

/** Options of `redisBackplane`. */
export interface RedisBackplaneOptions {
  /**
   * Where Redis is: `redis://user:password@host:port/database`, or `rediss://` for TLS. Default:
   * `redis://127.0.0.1:6379`.
   */
  readonly url?: string
  /**
   * A Redis Cluster of Redis 7 or later, instead of `url`, on which topics are spread over the masters by sharded
   * pub/sub.
   */
  readonly cluster?: RedisClusterOptions
  /**
   * Other options of the client of `redis`, such as `username`, `password` and `socket: { tls: true, ca }`. Those for
   * connecting again and for commands that wait offline are set by the backplane.
   */
  readonly client?: RedisClientOptions
  /**
   * Stands before the name of each channel, for several applications on one Redis: 1 to 64 letters, digits, `.`, `_`,
   * `:` and `-` of ASCII. Default: `wirebeat`.
   */
  readonly prefix?: string
  /** How many bytes one message may have, from 1,024 to 67,108,864. Default: 1,048,576. */
  readonly maxPayload?: number
  /** How long `start` waits for Redis, in milliseconds, from 1 on. Default: 5,000. */
  readonly connectTimeout?: number
}

const DEFAULT_PAYLOAD = 1_048_576
const LARGEST_PAYLOAD = 67_108_864
const NAMES = ['url', 'cluster', 'client', 'prefix', 'maxPayload', 'connectTimeout']

/**
 * A backplane on Redis 6 or later, by pub/sub. It has two connections to each Redis, one of them for what it is
 * subscribed to.
 *
 * @throws OptionError for an option that is wrong or unknown.
 */
export function redisBackplane(options: RedisBackplaneOptions = {}): Backplane {
  checkObject('The argument of redisBackplane', options)
  checkNames(options, NAMES)
  const {
    url = 'redis://127.0.0.1:6379',
    cluster,
    client = {},
    prefix = 'wirebeat',
    maxPayload = DEFAULT_PAYLOAD,
    connectTimeout = 5_000,
  } = options
  if (typeof client !== 'object' || client === null) {
    // Not shown, because it may hold a password.
    throw new OptionError('client', 'client must be an object of options of the client.')
  }
  checkUrl('url', url)
  if (cluster !== undefined) checkCluster(cluster, options.url)
  if (typeof prefix !== 'string' || !/^[\w.:-]{1,64}$/.test(prefix)) {
    throw wrongValue('prefix', prefix, '1 to 64 letters, digits, ".", "_", ":" and "-" of ASCII')
  }
  checkInteger('maxPayload', maxPayload, 1_024, LARGEST_PAYLOAD, 'bytes')
  checkInteger('connectTimeout', connectTimeout, 1, MAX_TIMER, 'milliseconds')
  const settings = { client, prefix, maxPayload, connectTimeout }
  return cluster === undefined
    ? new SingleRedis(url, settings)
    : new RedisCluster(cluster, settings)
}

function checkUrl(option: string, url: unknown): void {
  // Not shown, because it may hold a password.
  if (typeof url !== 'string' || !/^rediss?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new OptionError(option, `${option} must be a URL that begins with redis:// or rediss://.`)
  }
  if (/^\/?\d*$/.test(new URL(url).pathname)) return
  throw new OptionError(option, `The path of ${option} must be the number of a database.`)
}

function checkCluster(cluster: RedisClusterOptions, url: string | undefined): void {
  checkObject('cluster', cluster)
  checkNames(cluster, ['nodes', 'nodeAddressMap'], 'cluster.')
  const { nodes, nodeAddressMap } = cluster
  if (url !== undefined) {
    throw new OptionError('cluster', 'cluster takes the place of url. Give one of them.')
  }
  if (!Array.isArray(nodes) || nodes.length === 0) {
    throw new OptionError(
      'cluster.nodes',
      'cluster.nodes must be a list of URLs with one at least.',
    )
  }
  for (const node of nodes) checkUrl('cluster.nodes', node)
  if (nodeAddressMap !== undefined && typeof nodeAddressMap !== 'function') {
    throw wrongValue('cluster.nodeAddressMap', nodeAddressMap, 'a function')
  }
}
