import type { Connection } from '@wirebeat/core'
import { type ConnectionObserver, type Events, observe } from '@wirebeat/core/extension'
import type { TopicsEvents } from './events.ts'
import { Member } from './member.ts'
import { type Membership, Topic } from './membership.ts'
import type { Relay } from './relay/relay.ts'
import { NONE } from './rings.ts'
import { NumberedSubscription, type Subscription, type SubscriptionOwner } from './subscription.ts'

/**
 * Begins and ends subscriptions, and tells of them by events. It observes every connection that is subscribed to
 * something.
 */
export class Subscribers implements ConnectionObserver, SubscriptionOwner {
  readonly #membership: Membership
  readonly #events: Events<TopicsEvents>
  readonly #relay: Relay | undefined

  constructor(membership: Membership, events: Events<TopicsEvents>, relay: Relay | undefined) {
    this.#membership = membership
    this.#events = events
    this.#relay = relay
  }

  /**
   * Subscribes a connection, which must be open.
   *
   * @param name a name that was checked
   * @param topic the topic of the name, if there is one
   */
  subscribe(
    connection: Connection,
    name: string,
    topic: Topic | undefined,
    mode: number,
  ): Subscription {
    const member = this.#membership.members.get(connection)
    let entry = this.#membership.find(member, topic)
    if (entry === NONE) {
      const subscriber = member ?? this.#observed(connection)
      entry = this.#membership.add(subscriber, topic ?? new Topic(name), mode)
    } else {
      this.#membership.renew(entry, mode)
    }
    const generation = this.#membership.generationOf(entry)
    if (topic === undefined) {
      this.#relay?.want(name)
      this.#events.emit('open', name)
    }
    return new NumberedSubscription(name, this, entry, generation)
  }

  /** Returns whether there was a subscription. */
  unsubscribe(connection: Connection, topic: Topic | undefined): boolean {
    const entry = this.#find(connection, topic)
    if (entry !== NONE) this.end(entry)
    return entry !== NONE
  }

  endAll(): void {
    for (const topic of this.#membership.topics.values()) {
      while (topic.count > 0) this.end(topic.first)
    }
  }

  // For subscriptions.

  isCurrent(entry: number, generation: number): boolean {
    return this.#membership.generationOf(entry) === generation
  }

  end(entry: number): void {
    const { name, count } = this.#membership.remove(entry)
    if (count > 0) return
    this.#relay?.unwant(name)
    this.#events.emit('close', name)
  }

  relayed(topic: string): Promise<boolean> {
    return this.#relay?.joined(topic) ?? Promise.resolve(true)
  }

  // For connections.

  drained(connection: Connection): void {
    const member = this.#membership.members.get(connection)
    if (member === undefined) return
    const { missed } = member
    member.isBehind = false
    member.missed = undefined
    if (missed === undefined) return
    for (const [topic, count] of missed) {
      // A listener may have ended it, or a message was under way to it when it ended.
      const lasts = this.#find(connection, this.#membership.topics.get(topic)) !== NONE
      if (lasts && connection.isOpen) this.#events.emit('lagged', connection, topic, count)
    }
  }

  ended(connection: Connection): void {
    const member = this.#membership.members.get(connection)
    while (member !== undefined && member.count > 0) this.end(member.first)
  }

  // Private.

  #find(connection: Connection, topic: Topic | undefined): number {
    return this.#membership.find(this.#membership.members.get(connection), topic)
  }

  #observed(connection: Connection): Member {
    observe(connection, this)
    return new Member(connection)
  }
}
