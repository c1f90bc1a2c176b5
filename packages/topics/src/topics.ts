import type { Connection } from '@wirebeat/core'
import type { TopicsEvents } from './events.ts'
import type { PublishOptions, SubscribeOptions, TopicsOptions } from './options.ts'
import type { Publishable, Published } from './publication.ts'
import { RunningTopics } from './running-topics.ts'
import type { SeveralServers } from './several-servers.ts'
import type { TopicsStats } from './stats.ts'
import type { Subscription } from './subscription.ts'

/**
 * Names to which connections subscribe and messages are published. A topic exists while somebody is subscribed
 * to it. Connections of any number of endpoints of this process may subscribe, from inside and outside of their
 * sessions.
 */
export interface Topics<Encoding extends string = 'raw'> extends SeveralServers {
  /**
   * Subscribes a connection to a topic. The subscription ends with the connection, after the `close` of its
   * session. A connection has one subscription to a topic: another call takes the place of the one before, with
   * its own options.
   *
   * @param topic 1 to 255 bytes of UTF-8, without control characters
   * @returns the subscription. It is not active when the connection was closing or had ended, because nothing
   * could be sent to it, or when the topics were closed.
   * @throws OptionError for a topic or an option that is wrong, or an option that is unknown. TypeError for
   * something that is no connection.
   */
  subscribe(
    connection: Connection,
    topic: string,
    options?: SubscribeOptions<Encoding>,
  ): Subscription

  /**
   * Ends the subscription of a connection to a topic, whoever made it.
   *
   * @returns whether there was one.
   */
  unsubscribe(connection: Connection, topic: string): boolean

  /**
   * Sends a message to all connections that are subscribed to the topic at this moment. It takes its place among
   * what is sent to each of them, and what one turn of the event loop brings a connection leaves in one write.
   *
   * @param message a string for text, a `Uint8Array` or an `ArrayBuffer` for binary, or what `prepare` made: the
   * same for all. Or an object that is asked for the message in each encoding. Do not change bytes afterwards.
   * @returns what became of it. A value, and never a promise: nobody has to wait for it.
   * @throws OptionError for a topic or an option that is wrong, or an option that is unknown. TypeError for a
   * message of another type. RangeError for one that is too large for the backplane. And what `encode` throws.
   * Nobody gets the message then.
   */
  publish(topic: string, message: Publishable<Encoding>, options?: PublishOptions): Published

  /** How many connections of this server are subscribed to a topic, those that are closing included. */
  count(topic: string): number

  /** The connections of this server that are subscribed to a topic, in the order of their subscriptions. */
  subscribers(topic: string): readonly Connection[]

  /** The topics that a connection is subscribed to, in the order of its subscriptions. */
  topicsOf(connection: Connection): readonly string[]

  /** The figures of this moment. */
  stats(): TopicsStats

  /**
   * Adds a listener for an event. An error that the listener throws goes to `onError`.
   *
   * @returns a function that removes the listener.
   * @throws TypeError for an unknown event, or when the listener is not a function.
   */
  on<Name extends keyof TopicsEvents>(
    event: Name,
    listener: (...args: TopicsEvents[Name]) => void,
  ): () => void

  /**
   * Ends all subscriptions. Later ones are not active, and what is published later reaches nobody. It closes no
   * connection.
   *
   * @returns a promise that resolves when nothing is under way any more, and after a second where the broker is silent.
   * It never rejects. Another call resolves with the first.
   */
  close(): Promise<void>
}

/**
 * Makes topics. One for a process is enough, however many endpoints it has.
 *
 * @throws OptionError for an option that is wrong or unknown.
 */
export function createTopics<const Encoding extends string = 'raw'>(
  options: TopicsOptions<Encoding> = {},
  // Only the options say what the encodings are, and not the place that the topics are put into.
): Topics<NoInfer<Encoding>> {
  return new RunningTopics(options)
}
