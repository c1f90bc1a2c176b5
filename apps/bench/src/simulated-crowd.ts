import { type Connection, createEndpoint, type Endpoint } from '@wirebeat/core'
import { type ServedEndpoint, serve, type TransportListener } from '@wirebeat/core/adapter'
import { ManualClock } from '@wirebeat/core/testing'
import { createTopics } from '@wirebeat/topics'
import { DiscardingTransport, open } from './discarding-transport.ts'

/** X, in milliseconds. */
const INTERVAL = 10_000
/** Parts of X in which the clock moves on. */
const PARTS = 64
/** Connections that come in one turn of the event loop. */
const OPENED_IN_A_TURN = 64
const ALL = 'all'
const MESSAGE = 'x'.repeat(64)

/** The connections of one endpoint, on a clock that is driven by hand. What it is told to do returns how much that was. */
export class SimulatedCrowd {
  readonly #clock = new ManualClock()
  readonly #topics = createTopics()
  readonly #connections: Connection<undefined>[] = []
  /** Connections that were sent a ping. */
  readonly #answering: TransportListener[] = []
  readonly #endpoint: Endpoint<undefined> = createEndpoint({
    session: { open: (connection) => void this.#connections.push(connection) },
    keepAliveInterval: INTERVAL,
    clock: this.#clock,
  })
  readonly #served: ServedEndpoint = serve(this.#endpoint)

  open(size: number): number {
    for (let index = 0; index < size; index++) {
      open(this.#served, new IdleTransport(this.#answering))
      if (index % OPENED_IN_A_TURN === 0) this.#clock.advance(0)
    }
    return size
  }

  /** Lets time pass until there were so many pings and pongs. */
  beat(events: number): number {
    let count = 0
    while (count < events) {
      this.#clock.advance(INTERVAL / PARTS)
      for (const listener of this.#answering) listener.ponged()
      count += 2 * this.#answering.length
      this.#answering.length = 0
    }
    return count
  }

  /** Each connection subscribes to a topic of all, and to one of its own. */
  subscribe(): number {
    for (const [index, connection] of this.#connections.entries()) {
      this.#topics.subscribe(connection, ALL)
      this.#topics.subscribe(connection, topicOf(index))
    }
    return 2 * this.#connections.length
  }

  publishToAll(deliveries: number): number {
    let count = 0
    while (count < deliveries) count += this.#topics.publish(ALL, MESSAGE).local
    return count
  }

  /** Publishes to topics of one subscriber each, one after another. */
  publishToEach(deliveries: number): number {
    const size = this.#connections.length
    // One that shares no factor with any size, so that it is always another connection, from all over the memory.
    const step = 7_919
    let count = 0
    for (let index = 0; count < deliveries; index = (index + step) % size) {
      count += this.#topics.publish(topicOf(index), MESSAGE).local
    }
    return count
  }

  async close(): Promise<void> {
    await this.#topics.close()
  }
}

function topicOf(index: number): string {
  return `user:${index}`
}

/** A connection whose peer does nothing but answer pings. */
class IdleTransport extends DiscardingTransport {
  readonly #answering: TransportListener[]

  constructor(answering: TransportListener[]) {
    super()
    this.#answering = answering
  }

  override ping(): void {
    if (this.listener !== undefined) this.#answering.push(this.listener)
  }

  override terminate(): void {
    throw new Error('a connection was ended that had answered every ping')
  }
}
