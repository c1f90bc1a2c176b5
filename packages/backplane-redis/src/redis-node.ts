import { withinLimit } from '@wirebeat/core/extension'
import type { BackplaneMessage } from '@wirebeat/topics'
import { allOf, type Client, destroy, type PubSub } from './client.ts'
import {
  type NodeAddress,
  nameOf,
  placeOf,
  reasonOf,
  type Settings,
  unreachable,
} from './settings.ts'

const FIRST_RETRY = 50
const LAST_RETRY = 2_000

/** What a node tells. */
export interface NodeListener {
  message(channel: string, payload: Uint8Array): void
  /** There is a connection again, and all channels are subscribed to. Not called for the first one of `connect`. */
  up(): void
  down(why: Error): void
  /** A node of a cluster has ended the subscription to a channel, because another node has it now. */
  moved(channel: string): void
  /** Redis has not let it subscribe again to these channels. It has forgotten them. Called before `up`. */
  refused(channels: readonly string[]): void
}

/** Two connections, one of which is subscribed. When one of them is lost, both are made again. */
interface Pair {
  readonly publisher: Client
  readonly subscriber: Client
}

/** One Redis, alone or a master of a cluster. It stays subscribed to its channels for as long as it is not closed. */
export class RedisNode {
  readonly #address: NodeAddress
  readonly #make: () => Client
  readonly #settings: Settings
  readonly #pubSub: PubSub
  readonly #listener: NodeListener
  readonly #channels = new Set<string>()
  /** While it can be used. */
  #pair: Pair | undefined
  #opening: Pair | undefined
  #retries = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #isClosed = false
  readonly #receive = (payload: Buffer, name: Buffer): void => {
    const channel = name.toString('latin1').slice(this.#settings.prefix.length + 1)
    // The client's buffer may be a part of a larger one, which a message that is kept would hold.
    this.#listener.message(channel, new Uint8Array(payload))
  }

  constructor(
    address: NodeAddress,
    make: () => Client,
    settings: Settings,
    pubSub: PubSub,
    listener: NodeListener,
  ) {
    this.#address = address
    this.#make = make
    this.#settings = settings
    this.#pubSub = pubSub
    this.#listener = listener
  }

  get host(): string {
    return this.#address.host
  }

  get isUp(): boolean {
    return this.#pair !== undefined
  }

  /** For commands that are no pub/sub. */
  get client(): Client | undefined {
    return this.#pair?.publisher
  }

  /** The channels to which it is subscribed while it is up. */
  get channels(): ReadonlySet<string> {
    return this.#channels
  }

  /**
   * Connects.
   *
   * @returns a promise that rejects when that did not work within the time limit. Nothing more is tried then, until
   * `connectLater` is called.
   */
  async connect(): Promise<void> {
    try {
      await this.#open()
    } catch (error) {
      throw unreachable(this.#address, error)
    }
  }

  /** Connects after a while, as often as it takes. */
  connectLater(): void {
    if (this.#isClosed) return
    const longest = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.#retries++)
    // Servers that lost it together do not come back together.
    const delay = Math.ceil(longest * (0.5 + Math.random() / 2))
    this.#retry = setTimeout(() => {
      this.#open().then(
        () => this.#listener.up(),
        () => this.connectLater(),
      )
    }, delay)
  }

  async publish(messages: readonly BackplaneMessage[]): Promise<void> {
    const { publisher } = this.#usable()
    // The client writes all commands of one turn together.
    const taken = messages.map(({ channel, payload }) => {
      const { buffer, byteOffset, byteLength } = payload
      const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
      return this.#pubSub.publish(publisher, nameOf(this.#settings, channel), bytes)
    })
    await allOf(taken)
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    const { subscriber } = this.#usable()
    try {
      await this.#pubSub.subscribe(subscriber, this.#names(channels), this.#receive)
    } catch (error) {
      // Some of them may be subscribed to.
      const names = this.#names(channels)
      if (subscriber.isReady) await this.#pubSub.unsubscribe(subscriber, names).catch(() => {})
      throw error
    }
    for (const channel of channels) this.#channels.add(channel)
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    const { subscriber } = this.#usable()
    await this.#pubSub.unsubscribe(subscriber, this.#names(channels))
    this.forget(channels)
  }

  /** It subscribes to the channels when it connects the next time. */
  adopt(channels: Iterable<string>): void {
    for (const channel of channels) this.#channels.add(channel)
  }

  /** It does not subscribe to the channels any more when it connects the next time. */
  forget(channels: Iterable<string>): void {
    for (const channel of channels) this.#channels.delete(channel)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    this.#end(this.#opening)
    this.#end(this.#pair)
    this.#pair = undefined
  }

  #names(channels: Iterable<string>): string[] {
    return Array.from(channels, (channel) => nameOf(this.#settings, channel))
  }

  #usable(): Pair {
    if (this.#pair !== undefined) return this.#pair
    throw new Error(`There is no connection to Redis at ${placeOf(this.#address)}.`)
  }

  async #open(): Promise<void> {
    let why: unknown
    const make = (): Client =>
      this.#make().on('error', (error: unknown) => {
        why = error
        this.#look(pair, error)
      })
    const pair: Pair = { publisher: make(), subscriber: make() }
    pair.subscriber.on('sharded-channel-moved', (name: string) => {
      const channel = name.slice(this.#settings.prefix.length + 1)
      this.#channels.delete(channel)
      this.#listener.moved(channel)
    })
    this.#opening = pair
    let refused: readonly string[]
    try {
      await this.#connected(pair)
      refused = await this.#subscribeAgain(pair)
      // One may have been lost while the other one was busy.
      if (!isReady(pair)) throw why ?? new Error('It has closed the connection.')
      if (this.#isClosed) throw new Error('The backplane was closed.')
    } catch (error) {
      this.#end(pair)
      throw error
    } finally {
      this.#opening = undefined
    }
    this.#retries = 0
    this.#pair = pair
    if (refused.length === 0) return
    this.forget(refused)
    this.#listener.refused(refused)
  }

  async #connected({ publisher, subscriber }: Pair): Promise<void> {
    const connecting = allOf([publisher.connect(), subscriber.connect()])
    await withinLimit(connecting, this.#settings.connectTimeout)
  }

  /** Resolves with the channels that Redis has refused. */
  async #subscribeAgain({ subscriber }: Pair): Promise<string[]> {
    const done = new Set<string>()
    const refused: string[] = []
    for (;;) {
      // Some may be adopted meanwhile, and others forgotten.
      const channels = [...this.#channels].filter((channel) => !done.has(channel))
      const forgotten = [...done].filter((channel) => !this.#channels.has(channel))
      if (channels.length === 0 && forgotten.length === 0) break
      if (channels.length > 0) {
        for (const channel of await this.#refusedOf(subscriber, channels)) refused.push(channel)
      }
      if (forgotten.length > 0) {
        await this.#pubSub.unsubscribe(subscriber, this.#names(forgotten))
      }
      for (const channel of channels) done.add(channel)
      for (const channel of forgotten) done.delete(channel)
    }
    return refused.filter((channel) => this.#channels.has(channel))
  }

  /** Subscribes to channels. Resolves with those that Redis refuses, which do not keep the others away. */
  async #refusedOf(subscriber: Client, channels: readonly string[]): Promise<readonly string[]> {
    try {
      await this.#pubSub.subscribe(subscriber, this.#names(channels), this.#receive)
      return []
    } catch (error) {
      if (!subscriber.isReady) throw error
    }
    if (channels.length === 1) return channels
    const each = channels.map((channel) => this.#refusedOf(subscriber, [channel]))
    return (await Promise.all(each)).flat()
  }

  /** Something went wrong on a connection of this pair. */
  #look(pair: Pair, error: unknown): void {
    if (pair !== this.#pair || isReady(pair)) return
    this.#pair = undefined
    this.#end(pair)
    const text = `The connection to Redis at ${placeOf(this.#address)} was lost.`
    this.#listener.down(new Error(`${text} ${reasonOf(error)}`))
    this.connectLater()
  }

  #end(pair: Pair | undefined): void {
    if (pair === undefined) return
    destroy(pair.publisher)
    destroy(pair.subscriber)
  }
}

function isReady({ publisher, subscriber }: Pair): boolean {
  return publisher.isReady && subscriber.isReady
}
