import type { Clock } from '@wirebeat/core'
import { OptionError } from '@wirebeat/core'
import {
  checkClock,
  checkFlag,
  checkFunction,
  checkNames,
  checkObject,
  systemClock,
  wrongValue,
} from '@wirebeat/core/extension'
import { createTopics, type Topics } from '@wirebeat/topics'
import type { HubTopics } from './clients/directory.ts'
import { checkName } from './clients/group-name.ts'
import type { Caller, Filter } from './definition/call.ts'
import { type HubLimits, LIMIT_NAMES, resolveLimits } from './limits.ts'
import type { HubEncoding } from './protocol/encoding.ts'
import { jsonEncoding } from './protocol/json/json-encoding.ts'
import type { HubEnd, HubErrorSource } from './session/hub-environment.ts'

/** Options of `createHub`. */
export interface HubOptions<Client = unknown, Context = unknown> extends HubLimits {
  /**
   * What distinguishes the hub from others that share its topics, 1 to 40 bytes without control characters. Hubs of the
   * same name are one hub: on the same topics, and on the topics of other servers. Default: `'hub'`.
   */
  readonly name?: string
  /**
   * The topics by which groups, users and all are told something, and other servers are asked. They have the encodings of
   * the hub: `createTopics({ encodings: ['json', 'messagepack'] })`, or without `messagepack`. Default: its own.
   */
  readonly topics?: Topics<'json'> | Topics<'json' | 'messagepack'>
  /** Encodings beside JSON: `messagepack()` of `@wirebeat/hub/messagepack`. Default: none. */
  readonly encodings?: readonly HubEncoding[]
  /** The user of a connection, 1 to 200 bytes without control characters. Default: none. */
  readonly userId?: (context: Context) => string | undefined
  /**
   * When the connection ends, such as the end of its token: a `Date`, or milliseconds since 1970. The client is told
   * that it may connect again. Default: never.
   */
  readonly expiresAt?: (context: Context) => Date | number | undefined
  /** Code around calls, the first one outermost. Default: none. */
  readonly filters?: readonly Filter<Client, Context>[]
  /**
   * Called when a client has connected. Its calls begin when this has returned. When it throws, the connection ends,
   * and the client is told the message of a HubError. To refuse a client, use `authorize` of the endpoint, because here
   * the client has been told already that it is connected.
   */
  readonly connected?: (caller: Caller<Client, Context>) => unknown
  /** Called once when the connection of a client has ended, unless `connected` has failed. */
  readonly disconnected?: (caller: Caller<Client, Context>, end: HubEnd) => unknown
  /** Whether clients are told the messages of all errors. For development only. Default: `false`. */
  readonly detailedErrors?: boolean
  /**
   * Called with every error that is no HubError, of a method, a filter or an option, and with what cannot be written.
   * Default: writes the error to the console.
   */
  readonly onError?: (error: unknown, source: HubErrorSource<Context>) => void
  /** The clock of the hub, for tests. Default: the clock of the process. */
  readonly clock?: Clock
}

/** The options of a hub, checked and with their defaults. */
export interface ResolvedHubOptions {
  readonly name: string
  readonly topics: HubTopics
  /** Whether the topics are the hub's own. */
  readonly ownsTopics: boolean
  readonly encodings: readonly HubEncoding[]
  readonly limits: Required<HubLimits>
  readonly userId: (context: unknown) => string | undefined
  readonly expiresAt: (context: unknown) => Date | number | undefined
  readonly filters: readonly Filter<unknown, unknown>[]
  readonly connected: ((caller: Caller<unknown, unknown>) => unknown) | undefined
  readonly disconnected: ((caller: Caller<unknown, unknown>, end: HubEnd) => unknown) | undefined
  readonly detailedErrors: boolean
  readonly onError: (error: unknown, source: HubErrorSource) => void
  readonly clock: Clock
}

const OPTIONS: readonly string[] = [
  'name',
  'topics',
  'encodings',
  'userId',
  'expiresAt',
  'filters',
  'connected',
  'disconnected',
  'detailedErrors',
  'onError',
  'clock',
  ...LIMIT_NAMES,
]

const MAX_NAME_BYTES = 40

declare const console: { error(...data: unknown[]): void }

/** @throws OptionError for the first option that is wrong or unknown. */
export function resolveOptions(options: HubOptions<unknown, unknown>): ResolvedHubOptions {
  checkObject('The second argument of createHub', options)
  checkNames(options, OPTIONS)
  const {
    name = 'hub',
    topics,
    encodings = [],
    userId = () => undefined,
    expiresAt = () => undefined,
    filters = [],
    connected,
    disconnected,
    detailedErrors = false,
    onError = (error: unknown) => console.error(error),
    clock = systemClock,
  } = options
  checkName('name', name, MAX_NAME_BYTES)
  if (topics !== undefined && typeof topics?.publish !== 'function') {
    throw wrongValue('topics', topics, 'made by createTopics')
  }
  checkFunction('userId', userId)
  checkFunction('expiresAt', expiresAt)
  if (connected !== undefined) checkFunction('connected', connected)
  if (disconnected !== undefined) checkFunction('disconnected', disconnected)
  checkFlag('detailedErrors', detailedErrors)
  checkFunction('onError', onError)
  checkClock(clock)
  checkFilters(filters)
  const all = withJson(encodings)
  return {
    name,
    // Subscribing checks the name of the encoding.
    topics:
      (topics as HubTopics | undefined) ?? createTopics({ encodings: all.map((one) => one.name) }),
    ownsTopics: topics === undefined,
    encodings: all,
    limits: resolveLimits(options),
    userId,
    expiresAt,
    filters: [...filters],
    connected,
    disconnected,
    detailedErrors,
    onError,
    clock,
  }
}

function checkFilters(filters: unknown): void {
  if (!Array.isArray(filters)) throw wrongValue('filters', filters, 'a list of functions')
  filters.forEach((filter: unknown, index) => {
    checkFunction(`filters[${index}]`, filter)
  })
}

function withJson(encodings: unknown): readonly HubEncoding[] {
  if (!Array.isArray(encodings)) throw wrongValue('encodings', encodings, 'a list of encodings')
  const all: HubEncoding[] = [jsonEncoding]
  encodings.forEach((encoding: unknown, index) => {
    const option = `encodings[${index}]`
    if (!isEncoding(encoding)) throw wrongValue(option, encoding, 'messagepack()')
    if (all.some(({ name }) => name === encoding.name)) {
      throw new OptionError(option, `${option} must be another encoding than those before it.`)
    }
    all.push(encoding)
  })
  return all
}

function isEncoding(value: unknown): value is HubEncoding {
  return typeof value === 'object' && value !== null && 'name' in value && 'reader' in value
}
