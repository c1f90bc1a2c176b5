import type { Connection } from '@wirebeat/core'
import {
  checkConnection,
  checkInteger,
  checkNames,
  checkObject,
  Events,
  localBytes,
  MAX_TIMER,
  report,
  show,
  wrongValue,
} from '@wirebeat/core/extension'
import { Delivery, type Serving } from './delivery.ts'
import { EVENTS, type TopicsEvents } from './events.ts'
import { exceptions } from './exceptions.ts'
import { type Audience, Membership, type Topic } from './membership.ts'
import {
  checkPublishOptions,
  modeFor,
  modesOf,
  type PublishOptions,
  type ResolvedOptions,
  resolveOptions,
  type SubscribeOptions,
  type TopicsOptions,
} from './options.ts'
import {
  checkPublishable,
  encoderOf,
  type Publishable,
  type Published,
  type Sendable,
  variantsOf,
} from './publication.ts'
import { readerOf } from './received-publication.ts'
import { MAX_OPERATION, type RelayedPublication, writePublication } from './relay/envelope.ts'
import type { Gap } from './relay/gap.ts'
import type { Batch } from './relay/outbox.ts'
import type { Answerer } from './relay/questions.ts'
import { type BackplaneState, Relay, type RelayListener } from './relay/relay.ts'
import type { AskOptions } from './several-servers.ts'
import type { TopicsStats } from './stats.ts'
import { Subscribers } from './subscribers.ts'
import { RefusedSubscription, type Subscription } from './subscription.ts'
import { checkTopicName } from './topic-name.ts'

/** The mode of subscriptions without options. */
const FIRST_MODE = 0

/** The implementation of topics. */
export class RunningTopics<Encoding extends string> implements RelayListener {
  readonly #encodings: readonly Encoding[]
  readonly #membership: Membership
  readonly #subscribers: Subscribers
  readonly #events: Events<TopicsEvents>
  readonly #relay: Relay | undefined
  /** Publications that are being sent. Each was made while the one before it was sent. */
  readonly #underWay: Delivery[] = []
  #isClosed = false
  #published = 0
  #delivered = 0
  #skipped = 0
  #unreadable = 0

  constructor(options: TopicsOptions<Encoding>) {
    const resolved = resolveOptions(options)
    const { encodings, onError } = resolved
    this.#encodings = encodings
    this.#membership = new Membership(modesOf(encodings))
    this.#events = new Events(EVENTS, (error, event) => report(onError, error, { event }))
    this.#relay = relayOf(resolved, this)
    this.#subscribers = new Subscribers(this.#membership, this.#events, this.#relay)
  }

  subscribe(
    connection: Connection,
    topic: string,
    options?: SubscribeOptions<Encoding>,
  ): Subscription {
    const mode = options === undefined ? FIRST_MODE : modeFor(options, this.#encodings)
    checkConnection(connection)
    const known = this.#topic(topic)
    if (this.#isClosed || !connection.isOpen) return new RefusedSubscription(topic)
    return this.#subscribers.subscribe(connection, topic, known, mode)
  }

  unsubscribe(connection: Connection, topic: string): boolean {
    checkConnection(connection)
    return this.#subscribers.unsubscribe(connection, this.#topic(topic))
  }

  publish(topic: string, message: Publishable<Encoding>, options?: PublishOptions): Published {
    if (options !== undefined) checkPublishOptions(options)
    const except = exceptions(options?.except)
    checkPublishable(message)
    const audiences = this.#membership.audiencesOf(this.#topic(topic), except)
    const relay = options?.local === true ? undefined : this.#relay
    const isForMany = relay !== undefined || hasMany(audiences)
    const encode = encoderOf(message, isForMany)
    // Everything is encoded before anything is sent.
    const servings = this.#servings(audiences, (name) => encode(name))
    const relayed = relay && this.#relayable(relay, message, encode, except.ids)
    this.#published++
    if (relay === undefined || relayed === undefined) {
      return new Outcome(this.#deliver(topic, servings), 'none', undefined)
    }
    // Before it is sent here, so that what is published meanwhile comes second on other servers too.
    const batch = relay.publish(topic, relayed)
    const local = this.#deliver(topic, servings)
    return new Outcome(local, batch === undefined ? 'down' : 'handed-over', batch)
  }

  count(topic: string): number {
    return this.#topic(topic)?.count ?? 0
  }

  subscribers(topic: string): readonly Connection[] {
    return this.#membership.subscribersOf(this.#topic(topic))
  }

  topicsOf(connection: Connection): readonly string[] {
    checkConnection(connection)
    return this.#membership.topicsOf(connection)
  }

  stats(): TopicsStats {
    const { topics, count } = this.#membership
    const relay = this.#relay
    return {
      topics: topics.size,
      subscriptions: count,
      published: this.#published,
      delivered: this.#delivered,
      skipped: this.#skipped,
      relayed: relay?.handedOver ?? 0,
      received: relay?.received ?? 0,
      gaps: relay?.gaps ?? 0,
      stale: relay?.stale ?? 0,
      unreadable: this.#unreadable,
      channels: relay?.channels ?? 0,
      asked: relay?.questions.asked ?? 0,
      answers: relay?.questions.answers ?? 0,
    }
  }

  on<Name extends keyof TopicsEvents>(
    event: Name,
    listener: (...args: TopicsEvents[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#subscribers.endAll()
    await this.#relay?.close()
  }

  // Several servers.

  get backplane(): BackplaneState {
    return this.#relay?.currentState ?? (this.#isClosed ? 'closed' : 'none')
  }

  get server(): string {
    return this.#relay?.server ?? ''
  }

  get maxQuestion(): number {
    return this.#relay?.maxQuestion ?? 0
  }

  get servers(): readonly string[] {
    return this.#relay?.servers ?? []
  }

  ready(): Promise<void> {
    return this.#relay?.ready ?? Promise.resolve()
  }

  async ask(
    server: string,
    operation: string,
    data: Uint8Array,
    options: AskOptions,
  ): Promise<Uint8Array> {
    const relay = this.#checkedRelay('ask')
    checkOperation(operation)
    checkObject('The fourth argument of ask', options)
    checkNames(options, ['timeout'])
    checkInteger('timeout', options.timeout, 1, MAX_TIMER, 'milliseconds')
    const bytes = localBytes(data)
    if (bytes === undefined) throw wrongValue('data', data, 'a Uint8Array or an ArrayBuffer')
    return relay.ask(server, { operation, data: bytes, timeout: options.timeout })
  }

  answer(operation: string, answerer: Answerer): () => void {
    checkOperation(operation)
    if (typeof answerer !== 'function') throw wrongValue('answerer', answerer, 'a function')
    return this.#relay?.questions.answerWith(operation, answerer) ?? (() => {})
  }

  // For the relay.

  received(topic: string, { variants, except }: RelayedPublication): void {
    const audiences = this.#membership.audiencesOf(
      this.#membership.topics.get(topic),
      exceptions(except.length === 0 ? undefined : except),
    )
    const read = readerOf(topic, variants, (error) => this.unreadable(error))
    this.#deliver(topic, this.#servings(audiences, read))
  }

  gap(gap: Gap): void {
    this.#events.emit('gap', gap)
  }

  state(state: BackplaneState, why: Error | undefined): void {
    this.#events.emit('state', state, why)
  }

  unreadable(error: Error): void {
    this.#unreadable++
    this.#events.emit('unreadable', error)
  }

  // Private.

  /** The topic of a name, if somebody is subscribed to it. */
  #topic(name: string): Topic | undefined {
    const topic = this.#membership.topics.get(name)
    // A name that somebody is subscribed to was checked then.
    if (topic === undefined) checkTopicName(name)
    return topic
  }

  /** What each audience gets. Those are left out for whom there is no message. */
  #servings(
    audiences: readonly Audience[],
    encode: (encoding: Encoding) => Sendable | undefined,
  ): readonly Serving[] {
    const servings: Serving[] = []
    for (const { mode, members } of audiences) {
      // A mode names one of the encodings.
      const message = encode(this.#encodings[mode.encoding] as Encoding)
      if (message !== undefined) servings.push({ mode, members, message })
    }
    return servings
  }

  /**
   * A publication as it leaves for other servers.
   *
   * @throws RangeError for one that is too large for the backplane.
   */
  #relayable(
    relay: Relay,
    message: Publishable<Encoding>,
    encode: (encoding: Encoding) => Sendable,
    except: readonly string[],
  ): Uint8Array {
    const variants = variantsOf(message, this.#encodings, encode)
    const bytes = writePublication({ variants, except })
    if (bytes.length <= relay.maxPublication) return bytes
    const most = show(relay.maxPublication)
    throw new RangeError(
      `A message must have at most ${most} bytes in all encodings, which is what the backplane takes, got ${show(bytes.length)}. Publish less, or with local: true.`,
    )
  }

  /** Returns to how many connections it was sent. */
  #deliver(topic: string, servings: readonly Serving[]): number {
    const delivery = new Delivery(topic, servings)
    // An earlier publication comes before this one, also to those that it has not reached yet.
    for (const earlier of this.#underWay) earlier.finish()
    this.#underWay.push(delivery)
    try {
      delivery.finish()
    } finally {
      this.#underWay.pop()
    }
    this.#delivered += delivery.sent
    this.#skipped += delivery.skipped
    return delivery.sent
  }

  #checkedRelay(call: string): Relay {
    if (this.#relay !== undefined) return this.#relay
    throw new Error(`${call} needs a backplane. Give createTopics the option backplane.`)
  }
}

/** What became of a publication. */
class Outcome implements Published {
  readonly local: number
  readonly relay: 'none' | 'handed-over' | 'down'
  readonly #batch: Batch | undefined

  constructor(local: number, relay: Published['relay'], batch: Batch | undefined) {
    this.local = local
    this.relay = relay
    this.#batch = batch
  }

  confirmed(): Promise<boolean> {
    return this.#batch?.confirmed ?? Promise.resolve(this.relay === 'none')
  }
}

function relayOf(
  { backplane, name, clock }: ResolvedOptions<string>,
  listener: RelayListener,
): Relay | undefined {
  return backplane === undefined ? undefined : new Relay(backplane, name, clock, listener)
}

function hasMany([first, second]: readonly Audience[]): boolean {
  return second !== undefined || (first !== undefined && first.members.length > 1)
}

function checkOperation(operation: unknown): void {
  const isName =
    typeof operation === 'string' && operation.length > 0 && operation.length <= MAX_OPERATION
  if (!isName) throw wrongValue('operation', operation, 'a string of 1 to 100 characters')
}
