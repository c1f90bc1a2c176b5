import type { Bytes, Connection } from '@wirebeat/core'
import { countMessage, MAX_TOGETHER, type TurnTaker } from '@wirebeat/core/extension'
import type { RecordReader } from '../protocol/encoding.ts'
import { type Incoming, RecordError } from '../protocol/record.ts'
import type { HubEnvironment } from './hub-environment.ts'
import type { StatefulReconnect } from './stateful-reconnect.ts'

/** The connection whose records are read. */
export interface ReadingOwner {
  readonly hub: HubEnvironment
  readonly connection: Connection
  readonly isOpen: boolean
  /** The client has closed, and what it has sent before is still handled. */
  readonly isLeaving: boolean
  /** Whether no further record can be handled now. */
  readonly isFull: boolean
  handle(record: Incoming): void
  cannotRead(error: RecordError): void
  /** Others have had their turn. Reads on. */
  turnCame(): void
}

/** Reads the records of one client, no faster than they can be handled, and in turn with the other connections. */
export class Reading implements TurnTaker {
  readonly #owner: ReadingOwner
  readonly #reader: RecordReader
  /** Where the client has agreed on it. */
  readonly #stateful: StatefulReconnect | undefined
  /** How many records were counted for `messageRate` with the messages that they came in. */
  #counted = 0
  /** How many records were handled without a pause. */
  #together = 0
  #isReading = false
  #isPaused = false
  #awaitsTurn = false

  constructor(owner: ReadingOwner, reader: RecordReader, stateful: StatefulReconnect | undefined) {
    this.#owner = owner
    this.#reader = reader
    this.#stateful = stateful
  }

  /** Whether others must have their turn first. */
  get awaitsTurn(): boolean {
    return this.#awaitsTurn
  }

  /** Whether what has come must wait. */
  get isBlocked(): boolean {
    return this.#awaitsTurn || this.#awaitsAcknowledgement || this.#owner.isFull
  }

  /** Whether more waits than may. */
  get isOverfull(): boolean {
    return this.isBlocked && this.#reader.buffered >= this.#owner.hub.limits.receiveBufferSize
  }

  /** Whether the beginning of a record is there, and its end cannot come any more. */
  get isCutOff(): boolean {
    return !this.isBlocked && this.#reader.buffered > 0
  }

  push(data: string | Bytes): void {
    this.#stateful?.arrived(typeof data === 'string' ? data.length : data.byteLength)
    this.#reader.push(data)
    this.#counted++
    this.#together = 0
    this.read()
  }

  /** Reads on if nothing stands in the way any more. */
  read(): void {
    if (this.#isReading) return
    this.#isReading = true
    try {
      do this.#readRecords()
      while (this.#stateful?.lookAhead() === true)
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      this.#owner.cannotRead(error)
    } finally {
      this.#isReading = false
    }
    // An acknowledgement can be read only if all before it is.
    const mustPause = this.isBlocked && !this.#awaitsAcknowledgement
    if (mustPause === this.#isPaused) return
    this.#isPaused = mustPause
    if (mustPause) this.#owner.connection.pause()
    else this.#owner.connection.resume()
  }

  /** The same, when it is not known that there is something to read. */
  readOn(): void {
    const mayBeStopped = this.#isPaused || this.#stateful !== undefined
    if (mayBeStopped || this.#owner.isLeaving) this.read()
  }

  /** Something was done, after which it may be the turn of others. */
  takeTurn(): void {
    if (this.#awaitsTurn) return
    const { turnBudget } = this.#owner.hub
    if (++this.#together < MAX_TOGETHER && turnBudget.take(this)) return
    this.#awaitsTurn = true
    turnBudget.afterTurn(() => {
      this.#awaitsTurn = false
      this.#together = 0
      this.#owner.turnCame()
    })
  }

  // For the budget of a turn.

  get maxTogether(): number {
    return MAX_TOGETHER
  }

  #readRecords(): void {
    while (!this.isBlocked) {
      const record = this.#reader.next()
      if (record === undefined || !this.#isWithinRate()) return
      if (this.#stateful?.accepts(record) !== false) this.#owner.handle(record)
      this.takeTurn()
    }
  }

  /** Whether more was sent than the client should have to keep up with. What it calls would be answered with more. */
  get #awaitsAcknowledgement(): boolean {
    return this.#stateful !== undefined && this.#stateful.excess > 0 && this.#owner.isOpen
  }

  /** Several records may come in one message. */
  #isWithinRate(): boolean {
    if (this.#counted > 0) {
      this.#counted--
      return true
    }
    return this.#owner.isLeaving || countMessage(this.#owner.connection)
  }
}
