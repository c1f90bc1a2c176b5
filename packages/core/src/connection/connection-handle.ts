import type { Bytes } from '../runtime/bytes.ts'
import type { CloseCause, CloseEvent } from './close.ts'
import type { Connection } from './connection.ts'
import { connectionId, nextConnectionNumber } from './connection-id.ts'
import type { Message, MessageType } from './message.ts'
import type { SendResult } from './transport.ts'

/** What stays the same for a connection from its handshake on. */
export interface ConnectionFacts<Context> {
  readonly context: Context
  readonly protocol: string
  readonly remoteAddress: string
}

/** What stands behind a handle: the rest of its surface, and what only the endpoint may ask for. */
export interface ConnectionInternals
  extends Omit<Connection, 'id' | 'closed' | keyof ConnectionFacts<unknown>> {
  readonly whenClosed: Promise<CloseEvent>
  /** The next message of a loop session, or the end. */
  read(): Promise<IteratorResult<Message, undefined>>
  /** Closes for a reason of the endpoint's own, with the code that belongs to it. */
  fail(cause: CloseCause, reason: string): void
}

let internals: (handle: ConnectionHandle<unknown>) => ConnectionInternals

/** For the endpoint: what stands behind a handle. */
export function internalsOf(handle: ConnectionHandle<unknown>): ConnectionInternals {
  return internals(handle)
}

/**
 * The one object of a connection that the application holds, in sessions of both styles, in events and
 * in `endpoint.connections`. It has the public surface and nothing else; all else is behind it.
 */
export class ConnectionHandle<Context>
  implements Connection<Context>, AsyncIterable<Message, undefined>
{
  static {
    internals = (handle) => handle.#internals
  }

  readonly context: Context
  readonly protocol: string
  readonly remoteAddress: string
  readonly #internals: ConnectionInternals
  readonly #number = nextConnectionNumber()

  constructor(
    { context, protocol, remoteAddress }: ConnectionFacts<Context>,
    internals: ConnectionInternals,
  ) {
    this.context = context
    this.protocol = protocol
    this.remoteAddress = remoteAddress
    this.#internals = internals
  }

  /** Made when it is asked for, so that idle connections hold no text for it. */
  get id(): string {
    return connectionId(this.#number)
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

  send(data: string | Bytes, type?: MessageType): SendResult {
    return this.#internals.send(data, type)
  }

  sendAndWait(data: string | Bytes, type?: MessageType): Promise<'sent' | 'closed'> {
    return this.#internals.sendAndWait(data, type)
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

  /** What it shows in JSON. */
  toJSON(): object {
    const { id, context, protocol, remoteAddress } = this
    return { id, context, protocol, remoteAddress }
  }

  /** For loop sessions: the messages, in order. */
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return { next: () => this.#internals.read() }
  }
}
