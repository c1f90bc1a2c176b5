import type { CloseCause, CloseEvent } from '../connection/close.ts'
import { type Bytes, type Message, type MessageType, ownedMessage } from '../connection/message.ts'
import type { ServerConnection } from '../connection/server-connection.ts'
import type { SendResult, TurnWaiter } from '../connection/transport.ts'
import { Deferred } from '../runtime/deferred.ts'
import { ConnectionClosedError, type LoopConnection, type LoopSession } from './loop.ts'
import { ReceiveQueue } from './receive-queue.ts'
import type { SessionDriver } from './session-driver.ts'

type ReadResult = IteratorResult<Message, undefined>

const END: ReadResult = { done: true, value: undefined }
const SENT: Promise<'sent'> = Promise.resolve('sent')
const CLOSED: Promise<'closed'> = Promise.resolve('closed')

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
 * holds what came in this turn of the event loop, to be handed over at its end.
 */
export class LoopDriver<Context> implements SessionDriver<Context>, TurnWaiter {
  readonly #session: LoopSession<Context>
  readonly #receiveBufferSize: number
  readonly #queue = new ReceiveQueue()
  #reader: Deferred<ReadResult> | undefined
  #sender: Deferred<'sent'> | undefined
  #isPaused = false
  /** How many messages are handed over as they come, before one waits. */
  #untilTrial = TRIAL_INTERVAL
  #event: CloseEvent | undefined
  /** Once somebody has asked for it. */
  #closed: Deferred<CloseEvent> | undefined

  constructor(session: LoopSession<Context>, receiveBufferSize: number) {
    this.#session = session
    this.#receiveBufferSize = receiveBufferSize
  }

  async opened(connection: ServerConnection<Context>): Promise<void> {
    try {
      await this.#session.run(new OwnedConnection(connection, this))
      connection.close()
    } catch (error) {
      const isNews = !(error instanceof ConnectionClosedError && error.event === this.#event)
      if (isNews) throw error
    }
  }

  received(connection: ServerConnection<Context>, data: Bytes, type: MessageType): void {
    const message = ownedMessage(data, type)
    const isFirst = this.#queue.isEmpty
    if (isFirst && this.#reader !== undefined && !this.#waitsForMore(connection, data)) {
      this.#handOver(this.#reader, message)
      return
    }
    this.#queue.push(message, data.byteLength)
    if (this.#queue.bytes < this.#receiveBufferSize) return
    if (this.#reader !== undefined) {
      // It is not the session that is slow.
      this.turnEnded()
    } else if (connection.canPause) {
      this.#isPaused = true
      connection.pause()
    } else if (!isFirst) {
      // One message may be as large as the buffer; only what piles up shows a slow session.
      connection.fail('slow-consumer', 'messages come faster than they are read')
    }
  }

  turnEnded(): void {
    if (this.#reader === undefined) return
    const message = this.#queue.shift()
    if (message === undefined) return
    this.#untilTrial = this.#queue.isEmpty ? TRIAL_INTERVAL : 0
    this.#handOver(this.#reader, message)
  }

  drained(): void {
    this.#sender?.resolve('sent')
    this.#sender = undefined
  }

  ended(_connection: ServerConnection<Context>, event: CloseEvent): void {
    // What came before the end is read before it.
    this.turnEnded()
    this.#event = event
    this.#sender?.reject(new ConnectionClosedError(event))
    if (CLOSED_ON_PURPOSE.has(event.cause)) this.#reader?.resolve(END)
    else this.#reader?.reject(new ConnectionClosedError(event))
    this.#reader = undefined
    this.#closed?.resolve(event)
  }

  /** Resolves once the connection has ended. */
  get closed(): Promise<CloseEvent> {
    if (this.#closed === undefined) {
      this.#closed = new Deferred()
      if (this.#event !== undefined) this.#closed.resolve(this.#event)
    }
    return this.#closed.promise
  }

  /** The next message, or the end. */
  read(connection: ServerConnection<Context>): Promise<ReadResult> {
    if (this.#reader !== undefined) {
      return Promise.reject(
        new Error('This connection is being read already: read it in one place'),
      )
    }
    const message = this.#queue.shift()
    if (message !== undefined) {
      if (this.#isPaused && this.#queue.bytes * 2 <= this.#receiveBufferSize) {
        this.#isPaused = false
        connection.resume()
      }
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
  #waitsForMore(connection: ServerConnection<Context>, { byteLength }: Bytes): boolean {
    if (byteLength > MAX_WAITING_SIZE) return false
    if (this.#untilTrial === 0) return connection.awaitTurnEnd(this)
    this.#untilTrial--
    return false
  }

  #handOver(reader: Deferred<ReadResult>, message: Message): void {
    this.#reader = undefined
    reader.resolve({ done: false, value: message })
  }

  /** Waits for the network when a message was queued. */
  settle(result: SendResult): Promise<'sent' | 'closed'> {
    if (result === 'sent') return SENT
    if (result === 'closed') return CLOSED
    this.#sender ??= new Deferred()
    return this.#sender.promise
  }
}

/** A connection as its loop session sees it. */
class OwnedConnection<Context> implements LoopConnection<Context> {
  readonly #connection: ServerConnection<Context>
  readonly #driver: LoopDriver<Context>

  constructor(connection: ServerConnection<Context>, driver: LoopDriver<Context>) {
    this.#connection = connection
    this.#driver = driver
  }

  get id(): number {
    return this.#connection.id
  }

  get context(): Context {
    return this.#connection.context
  }

  get protocol(): string {
    return this.#connection.protocol
  }

  get remoteAddress(): string {
    return this.#connection.remoteAddress
  }

  get bufferedAmount(): number {
    return this.#connection.bufferedAmount
  }

  get roundTripTime(): number | undefined {
    return this.#connection.roundTripTime
  }

  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  get closed(): Promise<CloseEvent> {
    return this.#driver.closed
  }

  send(data: string | Bytes): Promise<'sent' | 'closed'> {
    return this.#driver.settle(this.#connection.send(data))
  }

  close(code?: number, reason?: string): void {
    this.#connection.close(code, reason)
  }

  terminate(): void {
    this.#connection.terminate()
  }

  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return { next: () => this.#driver.read(this.#connection) }
  }
}
