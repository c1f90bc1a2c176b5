import type { PathParams } from '../address/path.ts'
import type { Bytes } from '../runtime/bytes.ts'
import type { CloseCause, CloseEvent } from './close.ts'
import { CLOSE_AS } from './close-as.ts'
import type { Connection } from './connection.ts'
import { connectionId, nextConnectionNumber } from './connection-id.ts'
import type { Message, MessageType } from './message.ts'
import { COUNT, type ConnectionObserver, OBSERVE } from './observer.ts'
import type { Prepared } from './prepared.ts'
import type { SendResult, TransportKind } from './transport.ts'

/** The properties of a connection that its handshake has fixed. */
export interface ConnectionFacts<Context> {
  readonly context: Context
  readonly protocol: string
  readonly remoteAddress: string
  readonly params: PathParams
  /** Where the connection was promised one. */
  readonly id?: string
}

/** The implementation behind a handle: the rest of its methods, and those that only the endpoint may call. */
export interface ConnectionInternals
  extends Omit<Connection, 'id' | 'closed' | keyof ConnectionFacts<unknown>> {
  readonly whenClosed: Promise<CloseEvent>
  /** Tells the observer of this connection until it has ended. */
  observe(observer: ConnectionObserver): void
  /** Counts one more message, without bytes. Closes when that is over the rate, and returns `false`. */
  countMessage(): boolean
  /** Closes with a cause of a protocol above, and with its close code. */
  closeAs(cause: CloseCause, code: number): void
  /** Reads the next message of a loop session, or the end. */
  read(): Promise<IteratorResult<Message, undefined>>
  /** Closes with a cause of the endpoint, and with the close code of that cause. */
  fail(cause: CloseCause, reason: string): void
}

let internals: (handle: ConnectionHandle<unknown>) => ConnectionInternals

/** The implementation behind a handle. For the endpoint only. */
export function internalsOf(handle: ConnectionHandle<unknown>): ConnectionInternals {
  return internals(handle)
}

/**
 * The object that the application has for a connection: in sessions of both styles, in events and in
 * `endpoint.connections`. It has public members only.
 */
export class ConnectionHandle<Context> implements Connection<Context> {
  static {
    internals = (handle) => handle.#internals
    // For `observe`, which may be that of another copy of this package.
    Object.defineProperty(ConnectionHandle.prototype, OBSERVE, {
      value(this: ConnectionHandle<unknown>, observer: ConnectionObserver) {
        this.#internals.observe(observer)
      },
    })
    // For `countMessage`, likewise.
    Object.defineProperty(ConnectionHandle.prototype, COUNT, {
      value(this: ConnectionHandle<unknown>) {
        return this.#internals.countMessage()
      },
    })
    // For `closeAs`, likewise.
    Object.defineProperty(ConnectionHandle.prototype, CLOSE_AS, {
      value(this: ConnectionHandle<unknown>, cause: CloseCause, code: number) {
        this.#internals.closeAs(cause, code)
      },
    })
  }

  readonly context: Context
  readonly protocol: string
  readonly remoteAddress: string
  readonly params: PathParams
  readonly #internals: ConnectionInternals
  /** The id, or the number that it is computed from. */
  readonly #id: string | number

  constructor(
    { context, protocol, remoteAddress, params, id }: ConnectionFacts<Context>,
    internals: ConnectionInternals,
  ) {
    this.context = context
    this.protocol = protocol
    this.remoteAddress = remoteAddress
    this.params = params
    this.#internals = internals
    this.#id = id ?? nextConnectionNumber()
  }

  /** Computed on each call, so that idle connections hold no string for it. */
  get id(): string {
    return typeof this.#id === 'string' ? this.#id : connectionId(this.#id)
  }

  get transport(): TransportKind {
    return this.#internals.transport
  }

  get bufferedAmount(): number {
    return this.#internals.bufferedAmount
  }

  get roundTripTime(): number | undefined {
    return this.#internals.roundTripTime
  }

  get isOpen(): boolean {
    return this.#internals.isOpen
  }

  get closed(): Promise<CloseEvent> {
    return this.#internals.whenClosed
  }

  send(data: string | Bytes | Prepared, type?: MessageType): SendResult {
    return this.#internals.send(data, type)
  }

  sendAndWait(data: string | Bytes | Prepared, type?: MessageType): Promise<'sent' | 'closed'> {
    return this.#internals.sendAndWait(data, type)
  }

  flush(): void {
    this.#internals.flush()
  }

  close(code?: number, reason?: string): void {
    this.#internals.close(code, reason)
  }

  terminate(): void {
    this.#internals.terminate()
  }

  pause(): void {
    this.#internals.pause()
  }

  resume(): void {
    this.#internals.resume()
  }

  /** The members that `JSON.stringify` writes. */
  toJSON(): object {
    const { id, context, protocol, remoteAddress, params } = this
    return { id, context, protocol, remoteAddress, params }
  }

  /** Iterates the messages in order. For loop sessions. */
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return new MessageIterator(this.#internals)
  }
}

/** An object of a class, because each idle loop holds one: a closure would take three times as much. */
class MessageIterator implements AsyncIterator<Message, undefined> {
  readonly #internals: ConnectionInternals

  constructor(internals: ConnectionInternals) {
    this.#internals = internals
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    return this.#internals.read()
  }
}
