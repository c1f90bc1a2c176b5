import { wrongValue } from '@wirebeat/core/extension'
import type { Backplane, BackplaneListener, BackplaneMessage } from '../relay/backplane.ts'

/** Options of `createBroker`. */
export interface BrokerOptions {
  /** How many bytes a message may have, from 1,024 on. Default: 1 MiB. */
  readonly maxPayload?: number
}

/** What a broker does with a message for one server: how often it gets it. 0 loses it. */
export type Fate = (channel: string, payload: Uint8Array) => number

/**
 * A broker in this process, for tests of topics on several servers. Messages are delivered in a later microtask. What
 * goes wrong on a network can be made to happen at a moment that the test chooses.
 */
export class Broker {
  readonly #maxPayload: number
  readonly #backplanes = new Set<BrokerBackplane>()

  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload
  }

  /** A backplane on this broker, for one server. */
  backplane(): BrokerBackplane {
    return new BrokerBackplane(this.#maxPayload, this.#backplanes)
  }

  /** The broker dies. All connections are lost. */
  kill(): void {
    for (const backplane of this.#backplanes) backplane.cut()
  }

  /** The broker is back. */
  restart(): void {
    for (const backplane of this.#backplanes) backplane.reconnect()
  }
}

/** The connection of one server to a broker in this process. */
export class BrokerBackplane implements Backplane {
  readonly name = 'memory'
  readonly maxPayload: number
  /** The channels that the broker refuses. A call that names one of them is rejected. */
  readonly refused: Set<string> = new Set()
  /** How many calls there were, and how many channels and messages in them. */
  readonly calls: { publish: number; subscribe: number; unsubscribe: number } = {
    publish: 0,
    subscribe: 0,
    unsubscribe: 0,
  }
  readonly #all: Set<BrokerBackplane>
  readonly #channels = new Set<string>()
  #listener: BackplaneListener | undefined
  #isUp = false
  #isClosed = false
  #isReachable = true
  #fate: Fate = () => 1
  /** What waits while the broker is silent. */
  #held: (() => void)[] | undefined

  constructor(maxPayload: number, all: Set<BrokerBackplane>) {
    this.maxPayload = maxPayload
    this.#all = all
  }

  /** The channels that the broker has confirmed. */
  get channels(): ReadonlySet<string> {
    return this.#channels
  }

  // What a test makes happen.

  /** `start` is rejected from now on, or no longer. */
  set isReachable(isReachable: boolean) {
    this.#isReachable = isReachable
  }

  /** Decides how often this server gets each message: 0 loses it, 2 doubles it. `undefined` ends that. */
  set fate(fate: Fate | undefined) {
    this.#fate = fate ?? (() => 1)
  }

  /** The connection is lost. Nothing that is under way arrives. */
  cut(): void {
    if (!this.#isUp) return
    this.#isUp = false
    // What waits for an answer is told that none comes.
    this.resume()
    this.#listener?.state('down', new Error('The connection to the broker was lost.'))
  }

  /** There is a connection again. */
  reconnect(): void {
    if (this.#isUp || this.#isClosed || this.#listener === undefined) return
    this.#isUp = true
    for (const channel of this.refused) this.#end(channel)
    this.#listener.state('up')
  }

  /** Nothing is confirmed and nothing arrives until `resume`. The connection is not lost. */
  silence(): void {
    this.#held ??= []
  }

  /** All that waited since `silence` happens, in order. */
  resume(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const happen of held) happen()
  }

  /** The last two messages that wait since `silence` change places. */
  swap(): void {
    const last = this.#held?.pop()
    const before = this.#held?.pop()
    if (last !== undefined && before !== undefined) this.#held?.push(last, before)
  }

  /** The broker has dropped messages for this server, or was away with these channels, and says so. */
  drop(channels?: readonly string[], reason?: 'overflow' | 'disconnected'): void {
    this.#listener?.lost(channels, reason)
  }

  /** The broker does not allow a channel any more, and ends the subscription to it. */
  revoke(channel: string): void {
    this.refused.add(channel)
    if (this.#isUp) this.#end(channel)
  }

  /** A message arrives that nobody of these servers has sent. */
  inject(channel: string, payload: Uint8Array): void {
    this.#listener?.message(channel, payload)
  }

  // The contract.

  async start(listener: BackplaneListener): Promise<void> {
    if (!this.#isReachable) throw new Error('The broker at memory:0 cannot be reached.')
    this.#listener = listener
    this.#all.add(this)
    this.#isUp = true
  }

  async publish(messages: readonly BackplaneMessage[]): Promise<void> {
    this.#checkUp()
    this.calls.publish++
    await this.#confirmed()
    let hasRefused = false
    for (const { channel, payload } of messages) {
      if (this.refused.has(channel)) hasRefused = true
      else for (const other of this.#all) other.#deliver(channel, payload)
    }
    if (hasRefused) throw new Error('No permission.')
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    this.#checkUp()
    this.calls.subscribe++
    await this.#confirmed()
    if (channels.some((channel) => this.refused.has(channel))) throw new Error('No permission.')
    for (const channel of channels) this.#channels.add(channel)
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    this.#checkUp()
    this.calls.unsubscribe++
    await this.#confirmed()
    for (const channel of channels) this.#channels.delete(channel)
  }

  async close(): Promise<void> {
    this.#isUp = false
    this.#isClosed = true
    this.#all.delete(this)
  }

  #end(channel: string): void {
    if (this.#channels.delete(channel)) this.#listener?.refused([channel])
  }

  /** Resolves when the broker has answered, and rejects when the connection is lost before. */
  async #confirmed(): Promise<void> {
    if (this.#held !== undefined) {
      await new Promise<void>((resolve) => this.#held?.push(resolve))
    }
    await Promise.resolve()
    this.#checkUp()
  }

  #checkUp(): void {
    if (!this.#isUp) throw new Error('The connection to the broker was lost.')
  }

  #deliver(channel: string, payload: Uint8Array): void {
    if (!this.#isUp || !this.#channels.has(channel)) return
    const copy = new Uint8Array(payload)
    for (let count = this.#fate(channel, copy); count > 0; count--) {
      const arrive = () => {
        if (this.#isUp) this.#listener?.message(channel, copy)
      }
      if (this.#held === undefined) arrive()
      else this.#held.push(arrive)
    }
  }
}

/** Makes a broker in this process. */
export function createBroker({ maxPayload = 1_048_576 }: BrokerOptions = {}): Broker {
  if (!Number.isInteger(maxPayload) || maxPayload < 1_024) {
    throw wrongValue('maxPayload', maxPayload, 'a whole number of bytes from 1,024 on')
  }
  return new Broker(maxPayload)
}
