import type { Connection } from '@wirebeat/core'
import { checkConnection, Events } from '@wirebeat/core/extension'
import { Delivery, type Serving } from './delivery.ts'
import { EVENTS, type TopicsEvents } from './events.ts'
import { exceptions } from './exceptions.ts'
import { type Audience, Membership, type Topic } from './membership.ts'
import {
  checkPublishOptions,
  modeFor,
  modesOf,
  type PublishOptions,
  resolveOptions,
  type SubscribeOptions,
  type TopicsOptions,
} from './options.ts'
import { checkPublishable, encoderOf, type Publishable, type Published } from './publication.ts'
import type { TopicsStats } from './stats.ts'
import { Subscribers } from './subscribers.ts'
import { RefusedSubscription, type Subscription } from './subscription.ts'
import { checkTopicName } from './topic-name.ts'

/** The mode of subscriptions without options. */
const FIRST_MODE = 0

/** The implementation of topics. */
export class RunningTopics<Encoding extends string> {
  readonly #encodings: readonly Encoding[]
  readonly #membership: Membership
  readonly #subscribers: Subscribers
  readonly #events: Events<TopicsEvents>
  /** Publications that are being sent. Each was made while the one before it was sent. */
  readonly #underWay: Delivery[] = []
  #isClosed = false
  #published = 0
  #delivered = 0
  #skipped = 0

  constructor(options: TopicsOptions<Encoding>) {
    const { encodings, onError } = resolveOptions(options)
    this.#encodings = encodings
    this.#membership = new Membership(modesOf(encodings))
    this.#events = new Events(EVENTS, (error, event) => onError(error, { event }))
    this.#subscribers = new Subscribers(this.#membership, this.#events)
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
    const isExcepted = exceptions(options?.except)
    checkPublishable(message)
    const audiences = this.#membership.audiencesOf(this.#topic(topic), isExcepted)
    const delivery = new Delivery(topic, this.#servings(audiences, message))
    this.#deliver(delivery)
    this.#published++
    this.#delivered += delivery.sent
    this.#skipped += delivery.skipped
    return { local: delivery.sent }
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
    return {
      topics: topics.size,
      subscriptions: count,
      published: this.#published,
      delivered: this.#delivered,
      skipped: this.#skipped,
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
  }

  /** The topic of a name, if somebody is subscribed to it. */
  #topic(name: string): Topic | undefined {
    const topic = this.#membership.topics.get(name)
    // A name that somebody is subscribed to was checked then.
    if (topic === undefined) checkTopicName(name)
    return topic
  }

  /** What each audience gets. Everything is encoded before anything is sent. */
  #servings(audiences: readonly Audience[], message: Publishable<Encoding>): readonly Serving[] {
    const [first, second] = audiences
    if (first === undefined) return []
    const isForMany = second !== undefined || first.members.length > 1
    const encode = encoderOf(message, isForMany)
    return audiences.map(({ mode, members }) => ({
      mode,
      members,
      // A mode names one of the encodings.
      message: encode(this.#encodings[mode.encoding] as Encoding),
    }))
  }

  #deliver(delivery: Delivery): void {
    // An earlier publication comes before this one, also to those that it has not reached yet.
    for (const earlier of this.#underWay) earlier.finish()
    this.#underWay.push(delivery)
    try {
      delivery.finish()
    } finally {
      this.#underWay.pop()
    }
  }
}
