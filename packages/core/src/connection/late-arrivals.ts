import type { Bytes } from '../runtime/bytes.ts'
import { ArrivalQueue } from './arrival-queue.ts'
import type { MessageType } from './message.ts'
import { MAX_TOGETHER } from './turn-budget.ts'

/** The connection whose arrivals are late. */
interface Latecomer {
  takeTurn(): boolean
  afterTurn(callback: () => void): void
  receive(data: Bytes, type: MessageType): void
  /** Nothing waits any more. */
  caughtUp(): void
  /** More came than is kept. */
  overrun(): void
}

/**
 * What came for a connection beyond its share of a turn of the event loop, on an engine that cannot stop reading.
 * It is kept within `receiveBufferSize`, and handled in later turns, in order.
 */
export class LateArrivals {
  readonly #connection: Latecomer
  readonly #capacity: number
  readonly #queue = new ArrivalQueue()
  #isDropped = false

  constructor(connection: Latecomer, capacity: number) {
    this.#connection = connection
    this.#capacity = capacity
    connection.afterTurn(this.#handle)
  }

  push(data: string | Bytes, type: MessageType): void {
    if (this.#hasRoom()) this.#queue.push(data, type)
  }

  /** Counts a ping or a pong, which nobody waits for. */
  count(): void {
    if (this.#hasRoom()) this.#queue.count()
  }

  /** The session is handed nothing more. */
  drop(): void {
    this.#isDropped = true
  }

  /** One message may be as large as the buffer, so whatever finds room is kept. */
  #hasRoom(): boolean {
    const hasRoom = this.#queue.bytes < this.#capacity
    if (!hasRoom) this.#connection.overrun()
    return hasRoom
  }
  readonly #handle = (): void => {
    for (let count = 0; count < MAX_TOGETHER && this.#connection.takeTurn(); count++) {
      if (this.#isDropped) return
      if (!this.#queue.handOver(this.#receive)) {
        this.#connection.caughtUp()
        return
      }
    }
    if (!this.#isDropped) this.#connection.afterTurn(this.#handle)
  }

  readonly #receive = (data: Uint8Array, type: MessageType): void =>
    this.#connection.receive(data, type)
}
