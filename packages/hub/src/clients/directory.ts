import type { Topics } from '@wirebeat/topics'
import type { DisconnectOptions } from '../definition/call.ts'
import type { Sent } from '../definition/clients.ts'
import { HubError } from '../errors/hub-error.ts'
import { checkName } from './group-name.ts'
import type { Message } from './message.ts'
import type { Recipient } from './recipient.ts'
import { SentTogether } from './sent.ts'

/** The topics of a hub, with the names of its encodings. */
export type HubTopics = Topics<string>

/** The connections of a hub on this server, and the topics by which several are told something. */
export class Directory {
  readonly #recipients = new Map<string, Recipient>()
  readonly #topics: HubTopics
  readonly #prefix: string

  /** @param name distinguishes the hub from others that share the topics */
  constructor(topics: HubTopics, name: string) {
    this.#topics = topics
    this.#prefix = name
  }

  get all(): string {
    return `${this.#prefix}:all`
  }

  group(name: string): string {
    checkName('group', name)
    return `${this.#prefix}:group:${name}`
  }

  user(id: string): string {
    checkName('user', id)
    return `${this.#prefix}:user:${id}`
  }

  join(recipient: Recipient): void {
    const { connection, userId } = recipient
    this.#subscribe(recipient, this.all)
    if (userId !== undefined) this.#subscribe(recipient, this.user(userId))
    this.#recipients.set(connection.id, recipient)
  }

  /** The connection has ended. Its topics know that by themselves. */
  leave({ connection }: Recipient): void {
    this.#recipients.delete(connection.id)
  }

  find(id: string): Recipient | undefined {
    return this.#recipients.get(id)
  }

  /** Ends the connections of a user. Returns how many there were. */
  disconnectUser(id: string, options: DisconnectOptions): number {
    return this.disconnect(
      [...this.#ofUser(id)].map(({ connection }) => connection.id),
      options,
    )
  }

  /** Ends these connections. Returns how many there were. */
  disconnect(ids: readonly string[], options: DisconnectOptions): number {
    let count = 0
    for (const id of ids) {
      const recipient = this.#recipients.get(id)
      if (recipient === undefined) continue
      recipient.disconnect(options)
      count++
    }
    return count
  }

  addToGroup(id: string, name: string): boolean {
    const topic = this.group(name)
    const recipient = this.#recipients.get(id)
    if (recipient === undefined) return false
    const { groups } = recipient
    if (!groups.has(name)) {
      const { maxGroups } = recipient
      if (groups.size >= maxGroups) {
        throw new HubError(`A connection may be in ${maxGroups} groups (maxGroups).`)
      }
      if (!this.#subscribe(recipient, topic)) return false
      groups.add(name)
    }
    return true
  }

  removeFromGroup(id: string, name: string): boolean {
    const topic = this.group(name)
    const recipient = this.#recipients.get(id)
    if (recipient?.groups.delete(name) !== true) return false
    return this.#topics.unsubscribe(recipient.connection, topic)
  }

  count(group: string): number {
    return this.#topics.count(this.group(group))
  }

  members(group: string): readonly string[] {
    return this.#topics.subscribers(this.group(group)).map(({ id }) => id)
  }

  /** Calls a method of all who are subscribed to the topics, on all servers. */
  publish(
    topics: readonly string[],
    message: Message,
    except: readonly string[] | undefined,
  ): Sent {
    const options = except && { except }
    const [first, ...rest] = topics
    if (first !== undefined && rest.length === 0) {
      return this.#topics.publish(first, message, options)
    }
    return new SentTogether(topics.map((topic) => this.#topics.publish(topic, message, options)))
  }

  /** The connections of a user. */
  *#ofUser(id: string): Iterable<Recipient> {
    for (const connection of this.#topics.subscribers(this.user(id))) {
      const recipient = this.#recipients.get(connection.id)
      if (recipient !== undefined) yield recipient
    }
  }

  #subscribe({ connection, encoding }: Recipient, topic: string): boolean {
    return this.#topics.subscribe(connection, topic, { as: encoding.name }).isActive
  }
}
