import type { Connection } from '@wirebeat/core'
import { type Exceptions, NOBODY } from './exceptions.ts'
import type { Member } from './member.ts'
import { NONE, type Ring, Rings } from './rings.ts'

/** A topic: a ring of its subscriptions. */
export class Topic implements Ring {
  readonly name: string
  first: number = NONE
  count = 0
  /** Its subscribers, from a publication until the next change of them. */
  audiences: readonly Audience[] | undefined = undefined

  constructor(name: string) {
    this.name = name
  }
}

/** How a subscription is served: in which encoding, and whether it is left out while its connection is slow. */
export interface Mode {
  readonly encoding: number
  readonly skips: boolean
}

/** Subscribers of a topic that are served alike. */
export interface Audience {
  readonly mode: Mode
  readonly members: readonly Member[]
}

/** Topics with fewer subscribers are walked for each publication: a list of them would take as much memory again. */
const MANY = 64
const FIRST_CAPACITY = 16
/** How much larger the lists become when they are full. */
const GROWTH = 1.5

/**
 * Who is subscribed to what. A subscription is a number, under which it is found in the lists below; it is a link
 * of two rings, those of its topic and of its connection. A number is used again after its end, so it is told
 * from an earlier one by its generation. The lists are as long as there were subscriptions at a time, and do not
 * become shorter.
 */
export class Membership {
  readonly #topics = new Map<string, Topic>()
  readonly #members = new Map<Connection, Member>()
  readonly #modes: readonly Mode[]
  // By the number of the subscription.
  #topicOf: (Topic | undefined)[] = []
  #memberOf: (Member | undefined)[] = []
  #modeOf = new Uint8Array(0)
  #generationOf = new Int32Array(0)
  readonly #ofTopic = new Rings()
  readonly #ofMember = new Rings()
  /** How many numbers were given away so far. */
  #used = 0
  /** Those of them that are free again, as a ring of their own. */
  readonly #free: Ring = { first: NONE, count: 0 }

  /** @param modes 256 at most. A subscription stores the place of its mode in this list. */
  constructor(modes: readonly Mode[]) {
    this.#modes = modes
  }

  /** How many subscriptions there are. */
  get count(): number {
    return this.#used - this.#free.count
  }

  get topics(): ReadonlyMap<string, Topic> {
    return this.#topics
  }

  get members(): ReadonlyMap<Connection, Member> {
    return this.#members
  }

  /**
   * The number of a subscription, or `NONE`. It looks at all of the connection or all of the topic, whichever are
   * fewer.
   */
  find(member: Member | undefined, topic: Topic | undefined): number {
    if (member === undefined || topic === undefined) return NONE
    return member.count < topic.count
      ? this.#ofMember.find(member, this.#topicOf, topic)
      : this.#ofTopic.find(topic, this.#memberOf, member)
  }

  generationOf(entry: number): number {
    return this.#generationOf[entry] as number
  }

  /** Puts a new subscription into the place of one that its connection has to the topic. */
  renew(entry: number, mode: number): void {
    const topic = this.#topicOf[entry]
    if (topic !== undefined) topic.audiences = undefined
    this.#memberOf[entry]?.missed?.delete(topic?.name ?? '')
    this.#begin(entry, mode)
  }

  /** Subscribes a connection to a topic, both of which may be new, and returns the number of the subscription. */
  add(member: Member, topic: Topic, mode: number): number {
    if (topic.count === 0) this.#topics.set(topic.name, topic)
    if (member.count === 0) this.#members.set(member.connection, member)
    const entry = this.#take()
    this.#topicOf[entry] = topic
    this.#memberOf[entry] = member
    this.#begin(entry, mode)
    topic.audiences = undefined
    this.#ofTopic.append(topic, entry)
    this.#ofMember.append(member, entry)
    return entry
  }

  /** Ends a subscription, and returns its topic. */
  remove(entry: number): Topic {
    // Only subscriptions that exist are removed, and those have both.
    const topic = this.#topicOf[entry] as Topic
    const member = this.#memberOf[entry] as Member
    topic.audiences = undefined
    this.#ofTopic.remove(topic, entry)
    if (topic.count === 0) this.#topics.delete(topic.name)
    this.#ofMember.remove(member, entry)
    member.missed?.delete(topic.name)
    if (member.count === 0) this.#members.delete(member.connection)
    this.#topicOf[entry] = undefined
    this.#memberOf[entry] = undefined
    this.#begin(entry, 0)
    this.#ofTopic.append(this.#free, entry)
    return topic
  }

  /** The names of the topics of a connection, in the order of its subscriptions. */
  topicsOf(connection: Connection): string[] {
    const entries = this.#ofMember.entries(this.#members.get(connection))
    return entries.map((entry) => (this.#topicOf[entry] as Topic).name)
  }

  /** The subscribers of a topic, in the order of their subscriptions. */
  subscribersOf(topic: Topic | undefined): Connection[] {
    const entries = this.#ofTopic.entries(topic)
    return entries.map((entry) => (this.#memberOf[entry] as Member).connection)
  }

  /** The subscribers of a topic, those together that are served alike. */
  audiencesOf(topic: Topic | undefined, except: Exceptions): readonly Audience[] {
    if (topic === undefined) return []
    const audiences = topic.audiences ?? this.#audiences(topic)
    if (topic.count >= MANY) topic.audiences = audiences
    return except === NOBODY ? audiences : without(except, audiences)
  }

  #audiences(topic: Topic): readonly Audience[] {
    const audiences: { readonly mode: Mode; readonly members: Member[] }[] = []
    for (const entry of this.#ofTopic.entries(topic)) {
      const mode = this.#modes[this.#modeOf[entry] as number] as Mode
      let audience = audiences.find((one) => one.mode === mode)
      if (audience === undefined) {
        audience = { mode, members: [] }
        audiences.push(audience)
      }
      audience.members.push(this.#memberOf[entry] as Member)
    }
    return audiences
  }

  /** Makes another subscription of the number. */
  #begin(entry: number, mode: number): void {
    this.#modeOf[entry] = mode
    this.#generationOf[entry] = this.generationOf(entry) + 1
  }

  /** A number that no subscription has. */
  #take(): number {
    if (this.#free.count === 0) {
      if (this.#used === this.#topicOf.length) this.#grow()
      return this.#used++
    }
    const entry = this.#free.first
    this.#ofTopic.remove(this.#free, entry)
    return entry
  }

  #grow(): void {
    const before = this.#topicOf.length
    const capacity = Math.max(FIRST_CAPACITY, Math.ceil(before * GROWTH))
    this.#ofTopic.grow(capacity)
    this.#ofMember.grow(capacity)
    const modes = new Uint8Array(capacity)
    modes.set(this.#modeOf)
    this.#modeOf = modes
    const generations = new Int32Array(capacity)
    generations.set(this.#generationOf)
    this.#generationOf = generations
    // Not by push, which makes room for half as many again.
    const more = new Array<undefined>(capacity - before).fill(undefined)
    this.#topicOf = this.#topicOf.concat(more)
    this.#memberOf = this.#memberOf.concat(more)
  }
}

function without(except: Exceptions, audiences: readonly Audience[]): readonly Audience[] {
  return audiences
    .map(({ mode, members }) => ({
      mode,
      members: members.filter(({ connection }) => !except.has(connection)),
    }))
    .filter(({ members }) => members.length > 0)
}
