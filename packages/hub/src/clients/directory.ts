import type { Topics } from '@wirebeat/topics'
import type { Sent } from '../definition/clients.ts'
import { HubError } from '../errors/hub-error.ts'
import type { Encoded, HubEncoding } from '../protocol/encoding.ts'
import { checkName } from './group-name.ts'
import type { Recipient } from './recipient.ts'

/** The topics of a hub, with the names of its encodings. */
export type HubTopics = Topics<string>

/** A call of client methods, written once for each encoding. */
class Message {
  readonly #encodings: readonly HubEncoding[]
  readonly #target: string
  readonly #args: readonly unknown[]

  constructor(encodings: readonly HubEncoding[], target: string, args: readonly unknown[]) {
    this.#encodings = encodings
    this.#target = target
    this.#args = args
  }

  encode(name: string): Encoded {
    const encoding = this.#encodings.find((one) => one.name === name)
    if (encoding === undefined) {
      throw new TypeError(
        `The topics have the encoding ${name}, which other servers may want, and the hub has not. Give it both, or neither.`,
      )
    }
    return encoding.invocation(this.#target, this.#args)
  }
}

/** The connections of a hub, and the topics by which several are told something. */
export class Directory {
  readonly #recipients = new Map<string, Recipient>()
  readonly #topics: HubTopics
  readonly #encodings: readonly HubEncoding[]
  readonly #prefix: string
  readonly #maxGroups: number

  /** @param name distinguishes the hub from others that share the topics */
  constructor(
    topics: HubTopics,
    encodings: readonly HubEncoding[],
    name: string,
    maxGroups: number,
  ) {
    this.#topics = topics
    this.#encodings = encodings
    this.#prefix = name
    this.#maxGroups = maxGroups
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

  get recipients(): Iterable<Recipient> {
    return this.#recipients.values()
  }

  /** The connections of a user. */
  *ofUser(id: string): Iterable<Recipient> {
    for (const connection of this.#topics.subscribers(this.user(id))) {
      const recipient = this.#recipients.get(connection.id)
      if (recipient !== undefined) yield recipient
    }
  }

  addToGroup(id: string, name: string): boolean {
    const topic = this.group(name)
    const recipient = this.#recipients.get(id)
    if (recipient === undefined) return false
    const { groups } = recipient
    if (!groups.has(name)) {
      if (groups.size >= this.#maxGroups) {
        throw new HubError(`A connection may be in ${this.#maxGroups} groups (maxGroups).`)
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

  /** Calls a method of all who are subscribed to the topics. */
  publish(
    topics: readonly string[],
    target: string,
    args: readonly unknown[],
    except: readonly string[] | undefined,
  ): Sent {
    const message = new Message(this.#encodings, target, args)
    const options = except && { except }
    let local = 0
    for (const topic of topics) local += this.#topics.publish(topic, message, options).local
    return { local }
  }

  /** Calls a method of these connections. */
  send(ids: Iterable<string>, target: string, args: readonly unknown[]): Sent {
    const written = new Map<HubEncoding, Encoded>()
    let local = 0
    for (const id of ids) {
      const recipient = this.#recipients.get(id)
      if (recipient === undefined) continue
      const { encoding } = recipient
      const encoded = written.get(encoding) ?? encoding.invocation(target, args)
      written.set(encoding, encoded)
      if (recipient.write(encoded) !== 'closed') local++
    }
    return { local }
  }

  #subscribe({ connection, encoding }: Recipient, topic: string): boolean {
    return this.#topics.subscribe(connection, topic, { as: encoding.name }).isActive
  }
}
