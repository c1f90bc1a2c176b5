import type { Clock } from '@wirebeat/core'
import {
  checkClock,
  checkFlag,
  checkFunction,
  checkNames,
  checkObject,
  checkOneOf,
  systemClock,
  wrongValue,
} from '@wirebeat/core/extension'
import type { TopicsErrorSource } from './events.ts'
import type { Excepted } from './exceptions.ts'
import type { Mode } from './membership.ts'
import type { Backplane } from './relay/backplane.ts'

/** Options of `createTopics`. */
export interface TopicsOptions<Encoding extends string = string> {
  /**
   * The encodings that subscribers can ask for, 1 to 100 names. The first one is that of subscribers who ask for
   * none. Default: `['raw']`.
   */
  readonly encodings?: readonly Encoding[]
  /** What carries publications to other servers and from them. Default: nothing; topics are those of this server. */
  readonly backplane?: Backplane
  /**
   * The name of this server, for other servers: 1 to 64 letters, digits, `.`, `_` and `-` of ASCII. Each run of a
   * server is told from all others in any case. Default: none.
   */
  readonly name?: string
  /** The clock of the topics, for tests. Default: the clock of the process. */
  readonly clock?: Clock
  /**
   * Called with every error that a listener of an event throws. What it throws itself is ignored. Default: writes the
   * error to the console.
   */
  readonly onError?: (error: unknown, source: TopicsErrorSource) => void
}

/** Options of `subscribe`. */
export interface SubscribeOptions<Encoding extends string = string> {
  /** The encoding that the connection is sent. Default: the first one of `encodings`. */
  readonly as?: Encoding
  /**
   * What happens when the connection reads too slowly. `'close'`: it is closed with 1008 and cause
   * `slow-consumer` when more than `maxBufferedAmount` of its endpoint waits. `'skip'`: from a `send` that was
   * `queued` until the drain it is left out, and then told by the event `lagged`. Default: `'close'`.
   */
  readonly slow?: 'close' | 'skip'
}

/** Options of `publish`. */
export interface PublishOptions {
  /** Who does not get the message: a connection, an id of one, or several of either. Default: nobody. */
  readonly except?: Excepted
  /** Whether only subscribers of this server get the message. Default: `false`. */
  readonly local?: boolean
}

/** The options of topics, checked and with their defaults. */
export interface ResolvedOptions<Encoding extends string> {
  readonly encodings: readonly Encoding[]
  readonly backplane: Backplane | undefined
  readonly name: string
  readonly clock: Clock
  readonly onError: (error: unknown, source: TopicsErrorSource) => void
}

declare const console: { error(...data: unknown[]): void }

const MAX_ENCODINGS = 100

/** @throws OptionError for the first option that is wrong or unknown. */
export function resolveOptions<Encoding extends string>(
  options: TopicsOptions<Encoding>,
): ResolvedOptions<Encoding> {
  checkObject('The argument of createTopics', options)
  checkNames(options, ['encodings', 'backplane', 'name', 'clock', 'onError'])
  const {
    // Without the option, the type parameter is that of its default.
    encodings = ['raw' as Encoding],
    backplane,
    name = '',
    clock = systemClock,
    onError = (error: unknown) => console.error(error),
  } = options
  checkEncodings(encodings)
  if (backplane !== undefined) checkBackplane(backplane)
  if (options.name !== undefined) checkName(name)
  checkClock(clock)
  checkFunction('onError', onError)
  return { encodings: [...encodings], backplane, name, clock, onError }
}

const BACKPLANE_METHODS = ['start', 'publish', 'subscribe', 'unsubscribe', 'close'] as const
const LEAST_PAYLOAD = 1_024

function checkBackplane(backplane: Backplane): void {
  if (!BACKPLANE_METHODS.every((name) => typeof backplane?.[name] === 'function')) {
    throw wrongValue('backplane', backplane, `an object with ${BACKPLANE_METHODS.join('(), ')}()`)
  }
  const { maxPayload } = backplane
  if (Number.isInteger(maxPayload) && maxPayload >= LEAST_PAYLOAD) return
  throw wrongValue('backplane.maxPayload', maxPayload, 'a whole number of bytes from 1,024 on')
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && /^[\w.-]{1,64}$/.test(name)) return
  throw wrongValue('name', name, '1 to 64 letters, digits, ".", "_" and "-" of ASCII')
}

function checkEncodings(encodings: unknown): void {
  const isList =
    Array.isArray(encodings) && encodings.length > 0 && encodings.length <= MAX_ENCODINGS
  if (!isList) throw wrongValue('encodings', encodings, 'a list of 1 to 100 names')
  const names: readonly unknown[] = encodings
  names.forEach((name, index) => {
    if (typeof name === 'string' && name !== '' && names.indexOf(name) === index) return
    throw wrongValue(`encodings[${index}]`, name, 'a text that stands in the list once')
  })
}

/** The modes of subscriptions. */
export function modesOf(encodings: readonly string[]): readonly Mode[] {
  return encodings.flatMap((_, encoding) => [
    { encoding, skips: false },
    { encoding, skips: true },
  ])
}

const SLOW: readonly unknown[] = ['close', 'skip']

/**
 * The place among {@link modesOf} that the options of a subscription ask for.
 *
 * @throws OptionError for an option that is wrong or unknown.
 */
export function modeFor(options: SubscribeOptions, encodings: readonly string[]): number {
  checkObject('The third argument of subscribe', options)
  checkNames(options, ['as', 'slow'])
  const { as: encoding = encodings[0], slow = 'close' } = options
  checkOneOf('as', encoding, encodings)
  checkOneOf('slow', slow, SLOW)
  return 2 * encodings.indexOf(encoding as string) + (slow === 'skip' ? 1 : 0)
}

/** @throws OptionError for options of `publish` that are no object, or one that is unknown. */
export function checkPublishOptions(options: PublishOptions): void {
  checkObject('The third argument of publish', options)
  checkNames(options, ['except', 'local'])
  if (options.local !== undefined) checkFlag('local', options.local)
}
