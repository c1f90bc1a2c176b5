import type { CloseCause, CloseEvent } from './close.ts'
import { Deferred } from './deferred.ts'
import { ConnectionClosedError, type LoopConnection, type LoopSession } from './loop.ts'
import { type Bytes, type Message, ownedMessage } from './message.ts'
import { ReceiveQueue } from './receive-queue.ts'
import type { ServerConnection } from './server-connection.ts'
import type { SessionDriver } from './session-driver.ts'
import type { MessageType, SendResult } from './transport.ts'

type ReadResult = IteratorResult<Message, undefined>

const END: ReadResult = { done: true, value: undefined }
const SENT: Promise<'sent'> = Promise.resolve('sent')
const CLOSED: Promise<'closed'> = Promise.resolve('closed')

/** Ends that come because somebody closed. All others break off what the session was doing. */
const CLOSED_ON_PURPOSE: ReadonlySet<CloseCause> = new Set(['client', 'server', 'shutdown'])

/** Runs a loop session for one connection. */
export class LoopDriver<Context> implements SessionDriver<Context> {
  readonly #session: LoopSession<Context>
  readonly #receiveBufferSize: number
  readonly #queue = new ReceiveQueue()
  #reader: Deferred<ReadResult> | undefined
  #sender: Deferred<'sent'> | undefined
  #isPaused = false
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
    const reader = this.#reader
    if (reader !== undefined) {
      this.#reader = undefined
      reader.resolve({ done: false, value: message })
      return
    }
    const isFirst = this.#queue.isEmpty
    this.#queue.push(message, data.byteLength)
    if (this.#queue.bytes < this.#receiveBufferSize) return
    if (connection.canPause) {
      this.#isPaused = true
      connection.pause()
    } else if (!isFirst) {
      // One message may be as large as the buffer; only what piles up shows a slow session.
      connection.fail('slow-consumer', 'messages come faster than they are read')
    }
  }

  drained(): void {
    this.#sender?.resolve('sent')
    this.#sender = undefined
  }

  ended(_connection: ServerConnection<Context>, event: CloseEvent): void {
    this.#event = event
    this.#sender?.reject(new ConnectionClosedError(event))
    if (CLOSED_ON_PURPOSE.has(event.cause)) this.#reader?.resolve(END)
    else this.#reader?.reject(new ConnectionClosedError(event))
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
    if (this.#reader !== undefined) {
      return Promise.reject(
        new Error('This connection is being read already: read it in one place'),
      )
    }
    this.#reader = new Deferred()
    return this.#reader.promise
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
