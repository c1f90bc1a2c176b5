import type { CloseCause, CloseEvent } from '../connection/close.ts'
import { ConnectionClosedError } from '../connection/connection-closed-error.ts'
import { type Message, type MessageType, ownedMessage } from '../connection/message.ts'
import type { DrivenConnection, SessionDriver } from '../connection/session-driver.ts'
import type { TurnWaiter } from '../connection/transport.ts'
import { MAX_TOGETHER } from '../connection/turn-budget.ts'
import type { Bytes } from '../runtime/bytes.ts'
import { Deferred } from '../runtime/deferred.ts'
import type { LoopConnection, LoopSession } from './loop.ts'
import { ReceiveQueue } from './receive-queue.ts'

type ReadResult = IteratorResult<Message, undefined>

const END: ReadResult = { done: true, value: undefined }

/**
 * A message that waits for the end of its turn saves a fifth of its time when others arrive in the turn, and
 * costs a tenth when none does. So after this many messages that did not wait, one waits as a trial.
 */
const TRIAL_INTERVAL = 16
/** The largest message in bytes that may wait. A larger one would leave the processor's cache meanwhile. */
const MAX_WAITING_SIZE = 256

/** Causes at which the loop ends normally. At all others it throws. */
const CLOSED_ON_PURPOSE: ReadonlySet<CloseCause> = new Set(['client', 'server', 'shutdown'])

/**
 * Runs a loop session for one connection. While the session waits for a message, the queue is empty, or holds
 * messages of this turn of the event loop, which are delivered at the end of the turn, or the session has had
 * its share of the turn.
 */
export class LoopDriver<Context> implements SessionDriver<Context>, TurnWaiter {
  readonly #session: LoopSession<Context>
  readonly #receiveBufferSize: number
  /** Made when the first message has to wait. Most connections are idle, or faster than their clients. */
  #queue: ReceiveQueue | undefined
  #reader: Deferred<ReadResult> | undefined
  #isHolding = false
  /** Whether the session waits for the next turn, because it has had its share of this one. */
  #awaitsTurn = false
  /** How many more messages that wait it reads in this turn: the promises of several sessions can alternate. */
  #readsLeft = MAX_TOGETHER
  /** How many more messages are delivered at once, before one waits. */
  #untilTrial = TRIAL_INTERVAL
  #event: CloseEvent | undefined

  constructor(session: LoopSession<Context>, receiveBufferSize: number) {
    this.#session = session
    this.#receiveBufferSize = receiveBufferSize
  }

  /** Not an async function, and returns no promise: the connection would hold more for as long as it is open. */
  opened(connection: DrivenConnection<Context>): void {
    this.#run(connection.handle).then(
      () => connection.handle.close(),
      (error) => {
        const isNews = !(error instanceof ConnectionClosedError && error.event === this.#event)
        if (isNews) connection.sessionFailed(error)
      },
    )
  }

  #run(connection: LoopConnection<Context>): Promise<void> {
    try {
      // Plain JavaScript may return anything.
      return Promise.resolve(this.#session.run(connection))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  received(connection: DrivenConnection<Context>, data: string | Bytes, type: MessageType): void {
    const message = ownedMessage(data, type)
    const size = connection.sizeOf(data)
    const isFirst = this.#isEmpty
    if (isFirst && this.#reader !== undefined && !this.#waitsForMore(connection, size)) {
      if (connection.takeTurn()) {
        this.#handOver(this.#reader, message)
        return
      }
      this.#awaitTurn(connection)
    }
    this.#queue ??= new ReceiveQueue()
    this.#queue.push(message, size)
    if (this.#queue.bytes < this.#receiveBufferSize) return
    if (this.#reader !== undefined && !this.#awaitsTurn) {
      // The session is waiting, so it is not slow. Deliver now.
      this.turnEnded()
    } else if (connection.canPause) {
      this.#isHolding = true
      connection.holdReading()
    } else if (this.#awaitsTurn) {
      connection.overrun()
    } else if (!isFirst) {
      // One message may be as large as the buffer. Only several show a slow session.
      connection.fail(
        'slow-consumer',
        'The server cannot read messages this fast. Send more slowly.',
      )
    }
  }

  turnEnded(): void {
    if (this.#reader === undefined || this.#awaitsTurn) return
    const message = this.#queue?.shift()
    if (message === undefined) return
    this.#untilTrial = this.#isEmpty ? TRIAL_INTERVAL : 0
    this.#handOver(this.#reader, message)
  }

  ended(_connection: DrivenConnection<Context>, event: CloseEvent): void {
    // Messages that arrived before the end are read before it.
    this.#awaitsTurn = false
    this.turnEnded()
    this.#event = event
    if (CLOSED_ON_PURPOSE.has(event.cause)) this.#reader?.resolve(END)
    else this.#reader?.reject(new ConnectionClosedError(event))
    this.#reader = undefined
  }

  /** Reads the next message, or the end. */
  read(connection: DrivenConnection<Context>): Promise<ReadResult> {
    if (this.#reader !== undefined) {
      return Promise.reject(
        new Error('This connection is already being read. Read it in one place only.'),
      )
    }
    // The message before may have been handed over at the beginning of a turn.
    this.#releaseReading(connection)
    if (!this.#isEmpty && !(--this.#readsLeft > 0 && connection.takeTurn())) {
      this.#awaitTurn(connection)
      this.#reader = new Deferred()
      return this.#reader.promise
    }
    const message = this.#queue?.shift()
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

  get #isEmpty(): boolean {
    return this.#queue === undefined || this.#queue.isEmpty
  }

  /** Whether the message waits for the end of the turn. When not, it must be delivered now. */
  #waitsForMore(connection: DrivenConnection<Context>, size: number): boolean {
    if (size > MAX_WAITING_SIZE) return false
    if (this.#untilTrial === 0) return connection.awaitTurnEnd(this)
    this.#untilTrial--
    return false
  }

  #releaseReading(connection: DrivenConnection<Context>): void {
    if (!this.#isHolding || (this.#queue?.bytes ?? 0) * 2 > this.#receiveBufferSize) return
    this.#isHolding = false
    connection.releaseReading()
  }

  #awaitTurn(connection: DrivenConnection<Context>): void {
    this.#awaitsTurn = true
    // A callback for each session, so that the promises of one have run when the next one wakes.
    connection.afterTurn(() => {
      this.#awaitsTurn = false
      this.turnEnded()
    })
  }

  #handOver(reader: Deferred<ReadResult>, message: Message): void {
    this.#reader = undefined
    this.#readsLeft = MAX_TOGETHER
    reader.resolve({ done: false, value: message })
  }
}
