import type { NodeConnectionOptions } from '@nats-io/transport-node'
import { OptionError } from '@wirebeat/core'
import {
  checkInteger,
  checkNames,
  checkObject,
  MAX_TIMER,
  wrongValue,
} from '@wirebeat/core/extension'
import type { Backplane } from '@wirebeat/topics'
import { NatsBroker } from './nats-broker.ts'

/** Options of `natsBackplane`. */
export interface NatsBackplaneOptions {
  /** Where NATS is: one or several of `host:port`. Default: `127.0.0.1:4222`. */
  readonly servers?: string | readonly string[]
  /**
   * Other options of the client of `@nats-io/transport-node`, such as `token`, `user`, `pass`, `authenticator` and
   * `tls`. Those for connecting again are set by the backplane.
   */
  readonly client?: NodeConnectionOptions
  /**
   * The first part of all subjects, for several applications on one NATS: 1 to 64 letters, digits, `_` and `-` of
   * ASCII. Default: `wirebeat`.
   */
  readonly prefix?: string
  /**
   * How many bytes one message may have, from 1,024 to 67,108,864. Not more than `max_payload` of NATS, which is
   * asked for it in `start`. Default: 1,048,576, which is the default of NATS.
   */
  readonly maxPayload?: number
  /** How long `start` waits for NATS, in milliseconds, from 1 on. Default: 5,000. */
  readonly connectTimeout?: number
}

const DEFAULT_PAYLOAD = 1_048_576
const LARGEST_PAYLOAD = 67_108_864
const NAMES = ['servers', 'client', 'prefix', 'maxPayload', 'connectTimeout']

/**
 * A backplane on NATS 2, by its core: at most once, without JetStream.
 *
 * @throws OptionError for an option that is wrong or unknown.
 */
export function natsBackplane(options: NatsBackplaneOptions = {}): Backplane {
  checkObject('The argument of natsBackplane', options)
  checkNames(options, NAMES)
  const {
    servers = '127.0.0.1:4222',
    client = {},
    prefix = 'wirebeat',
    maxPayload = DEFAULT_PAYLOAD,
    connectTimeout = 5_000,
  } = options
  const list = typeof servers === 'string' ? [servers] : servers
  if (!Array.isArray(list) || list.length === 0 || !list.every(isServer)) {
    // Not shown, because they may hold passwords.
    throw new OptionError(
      'servers',
      'servers must be host:port, or a list of these with one at least.',
    )
  }
  if (typeof client !== 'object' || client === null) {
    // Not shown, because it may hold a password.
    throw new OptionError('client', 'client must be an object of options of the client.')
  }
  if (typeof prefix !== 'string' || !/^[\w-]{1,64}$/.test(prefix)) {
    throw wrongValue('prefix', prefix, '1 to 64 letters, digits, "_" and "-" of ASCII')
  }
  checkInteger('maxPayload', maxPayload, 1_024, LARGEST_PAYLOAD, 'bytes')
  checkInteger('connectTimeout', connectTimeout, 1, MAX_TIMER, 'milliseconds')
  return new NatsBroker({ servers: list, client, prefix, maxPayload, connectTimeout })
}

function isServer(server: unknown): boolean {
  return typeof server === 'string' && server !== ''
}
