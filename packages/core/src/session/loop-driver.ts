import type { CloseCause, CloseEvent } from '../connection/close.ts'
import { ConnectionClosedError } from '../connection/connection-closed-error.ts'
import { type Message, type MessageType, ownedMessage } from '../connection/message.ts'
import type { DrivenConnection, SessionDriver } from '../connection/session-driver.ts'
import type { TurnWaiter } from '../connection/transport.ts'
import type { TurnTaker } from '../connection/turn-budget.ts'
import type { Bytes } from '../runtime/bytes.ts'
import { Deferred } from '../runtime/deferred.ts'
import type { LoopSession } from './loop.ts'
import { ReceiveQueue } from './receive-queue.ts'

type ReadResult = IteratorResult<Message, undefined>

const END: ReadResult = { done: true, value: undefined }

/**
 * A message that waits for others of its turn saves a fifth of its time when they come, and costs a tenth
 * when it stays alone. So after so many that were handed over as they came, one waits, to see whether
 * others come.
 */
const TRIAL_INTERVAL = 16
/** Bytes of a message that may wait. A larger one has left the processor's cache when its turn comes. */
const MAX_WAITING_SIZE = 256

/** Ends that come because somebody closed. All others break off what the session was doing. */
const CLOSED_ON_PURPOSE: ReadonlySet<CloseCause> = new Set(['client', 'server', 'shutdown'])

/**
 * Runs a loop session for one connection. While the session waits for a message the queue is empty, or
 * holds what came in this turn of the event loop, to be handed over at its end, or the session has had its share
 * of the turn.
 */
export class LoopDriver<Context>
  implements SessionDriver<Context>, TurnWaiter, Pick<TurnTaker, 'turnBegan'>
{
  readonly #session: LoopSession<Context>
  readonly #receiveBufferSize: number
  readonly #queue = new ReceiveQueue()
  #reader: Deferred<ReadResult> | undefined
  #isHolding = false
  /** Whether the session waits for the next turn, because it has had its share of this one. */
  #awaitsTurn = false
  /** How many messages are handed over as they come, before one waits. */
  #untilTrial = TRIAL_INTERVAL
  #event: CloseEvent | undefined

  constructor(session: LoopSession<Context>, receiveBufferSize: number) {
    this.#session = session
    this.#receiveBufferSize = receiveBufferSize
  }

  async opened(connection: DrivenConnection<Context>): Promise<void> {
    try {
      await this.#session.run(connection.handle)
      connection.handle.close()
    } catch (error) {
      const isNews = !(error instanceof ConnectionClosedError && error.event === this.#event)
      if (isNews) throw error
    }
  }

  received(connection: DrivenConnection<Context>, data: Bytes, type: MessageType): void {
    const message = ownedMessage(data, type)
    const isFirst = this.#queue.isEmpty
    if (isFirst && this.#reader !== undefined && !this.#waitsForMore(connection, data)) {
      if (connection.takeTurn()) {
        this.#handOver(this.#reader, message)
        return
      }
      this.#awaitNextTurn(connection)
    }
    this.#queue.push(message, data.byteLength)
    if (this.#queue.bytes < this.#receiveBufferSize) return
    if (this.#reader !== undefined && !this.#awaitsTurn) {
      // It is not the session that is slow.
      this.turnEnded()
    } else if (connection.canPause) {
      this.#isHolding = true
      connection.holdReading()
    } else if (this.#awaitsTurn) {
      connection.overrun()
    } else if (!isFirst) {
      // One message may be as large as the buffer; only what piles up shows a slow session.
      connection.fail(
        'slow-consumer',
        'The server cannot read messages this fast. Send more slowly.',
      )
    }
  }

  turnEnded(): void {
    if (this.#reader === undefined || this.#awaitsTurn) return
    const message = this.#queue.shift()
    if (message === undefined) return
    this.#untilTrial = this.#queue.isEmpty ? TRIAL_INTERVAL : 0
    this.#handOver(this.#reader, message)
  }

  turnBegan(): void {
    this.#awaitsTurn = false
    const message = this.#reader && this.#queue.shift()
    if (this.#reader === undefined || message === undefined) return
    this.#handOver(this.#reader, message)
  }

  ended(_connection: DrivenConnection<Context>, event: CloseEvent): void {
    // What came before the end is read before it.
    this.#awaitsTurn = false
    this.turnEnded()
    this.#event = event
    if (CLOSED_ON_PURPOSE.has(event.cause)) this.#reader?.resolve(END)
    else this.#reader?.reject(new ConnectionClosedError(event))
    this.#reader = undefined
  }

  /** The next message, or the end. */
  read(connection: DrivenConnection<Context>): Promise<ReadResult> {
    if (this.#reader !== undefined) {
      return Promise.reject(
        new Error('This connection is already being read. Read it in one place only.'),
      )
    }
    // The last one may have been handed over at the beginning of a turn.
    this.#releaseReading(connection)
    if (!this.#queue.isEmpty && !connection.takeTurn()) {
      this.#awaitNextTurn(connection)
      this.#reader = new Deferred()
      return this.#reader.promise
    }
    const message = this.#queue.shift()
    if (message !== undefined) {
      this.#releaseReading(connection)
      return Promise.resolve({ done: false, value: message })
    }
    if (this.#event !== undefined) {
      if (CLOSED_ON_PURPOSE.has(this.#event.cause)) return Promise.resolve(END)
      return Promise.reject(new ConnectionClosedError(this.#event))
    }
    this.#reader = new Deferred()
    return this.#reader.promise
  }

  /** Returns `false` when the message is to be handed over now. */
  #waitsForMore(connection: DrivenConnection<Context>, { byteLength }: Bytes): boolean {
    if (byteLength > MAX_WAITING_SIZE) return false
    if (this.#untilTrial === 0) return connection.awaitTurnEnd(this)
    this.#untilTrial--
    return false
  }

  #releaseReading(connection: DrivenConnection<Context>): void {
    if (!this.#isHolding || this.#queue.bytes * 2 > this.#receiveBufferSize) return
    this.#isHolding = false
    connection.releaseReading()
  }

  #awaitNextTurn(connection: DrivenConnection<Context>): void {
    if (this.#awaitsTurn) return
    this.#awaitsTurn = true
    connection.awaitNextTurn(this)
  }

  #handOver(reader: Deferred<ReadResult>, message: Message): void {
    this.#reader = undefined
    reader.resolve({ done: false, value: message })
  }
}
