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
export interface ConnectionBehind
  extends Omit<Connection, 'id' | 'closed' | keyof ConnectionFacts<unknown>> {
  readonly whenClosed: Promise<CloseEvent>
  /** The next message of a loop session, or the end. */
  read(): Promise<IteratorResult<Message, undefined>>
  /** Closes for a reason of the endpoint's own, with the code that belongs to it. */
  fail(cause: CloseCause, reason: string): void
}

let behind: (handle: ConnectionHandle<unknown>) => ConnectionBehind

/** For the endpoint: what stands behind a handle. */
export function behindOf(handle: ConnectionHandle<unknown>): ConnectionBehind {
  return behind(handle)
}

/**
 * The one object of a connection that the application holds, in sessions of both styles, in events and
 * in `endpoint.connections`. It has the public surface and nothing else; all else is behind it.
 */
export class ConnectionHandle<Context>
  implements Connection<Context>, AsyncIterable<Message, undefined>
{
  static {
    behind = (handle) => handle.#behind
  }

  readonly context: Context
  readonly protocol: string
  readonly remoteAddress: string
  readonly #behind: ConnectionBehind
  readonly #number = nextConnectionNumber()

  constructor(
    { context, protocol, remoteAddress }: ConnectionFacts<Context>,
    behind: ConnectionBehind,
  ) {
    this.context = context
    this.protocol = protocol
    this.remoteAddress = remoteAddress
    this.#behind = behind
  }

  /** Made when it is asked for, so that idle connections hold no text for it. */
  get id(): string {
    return connectionId(this.#number)
  }

  get bufferedAmount(): number {
    return this.#behind.bufferedAmount
  }

  get roundTripTime(): number | undefined {
    return this.#behind.roundTripTime
  }

  get isOpen(): boolean {
    return this.#behind.isOpen
  }

  get closed(): Promise<CloseEvent> {
    return this.#behind.whenClosed
  }

  send(data: string | Bytes, type?: MessageType): SendResult {
    return this.#behind.send(data, type)
  }

  sendAndWait(data: string | Bytes, type?: MessageType): Promise<'sent' | 'closed'> {
    return this.#behind.sendAndWait(data, type)
  }

  close(code?: number, reason?: string): void {
    this.#behind.close(code, reason)
  }

  terminate(): void {
    this.#behind.terminate()
  }

  pause(): void {
    this.#behind.pause()
  }

  resume(): void {
    this.#behind.resume()
  }

  /** What it shows in JSON. */
  toJSON(): object {
    const { id, context, protocol, remoteAddress } = this
    return { id, context, protocol, remoteAddress }
  }

  /** For loop sessions: the messages, in order. */
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return { next: () => this.#behind.read() }
  }
}
