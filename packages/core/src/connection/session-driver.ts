import type { Bytes } from '../runtime/bytes.ts'
import type { CloseCause, CloseEvent } from './close.ts'
import type { ConnectionHandle } from './connection-handle.ts'
import type { Message, MessageType } from './message.ts'
import type { TurnWaiter } from './transport.ts'

/**
 * The calls of a connection to its session, for sessions of every style. Each returns what the session
 * returned, which may be a promise.
 */
export interface SessionDriver<Context> {
  opened(connection: DrivenConnection<Context>): unknown
  received(connection: DrivenConnection<Context>, data: string | Bytes, type: MessageType): unknown
  drained?(connection: DrivenConnection<Context>): unknown
  /** Calls the session's `ping` handler. `undefined` without one: the transport sends a ping frame. */
  readonly ping?: ((connection: DrivenConnection<Context>) => unknown) | undefined
  /** The endpoint closes, and the connection with it as soon as this has returned. */
  leaving?(connection: DrivenConnection<Context>): unknown
  /** The client was silent for too long. The connection is cut as soon as this has returned. */
  timedOut?(connection: DrivenConnection<Context>): unknown
  ended(connection: DrivenConnection<Context>, event: CloseEvent): unknown
  /** Reads the next message, or the end. `undefined` for a session of handlers. */
  read?(connection: DrivenConnection<Context>): Promise<IteratorResult<Message, undefined>>
}

/** The members of a connection that the driver of its session uses. */
export interface DrivenConnection<Context> {
  /** The object that the session gets. */
  readonly handle: ConnectionHandle<Context>
  readonly isOpen: boolean
  /** Bytes of a message, of a text in UTF-8. */
  sizeOf(data: string | Bytes): number
  /** Whether the transport can stop reading. */
  readonly canPause: boolean
  /** Stops reading, because too many messages wait for the session. */
  holdReading(): void
  /** Reads again, unless the session itself has paused reading. */
  releaseReading(): void
  /** Closes with a cause of the endpoint, and with the close code of that cause. */
  fail(cause: CloseCause, reason: string): void
  /** Reports an error that the session has thrown, and closes. */
  sessionFailed(error: unknown): void
  /** Disconnects a client that sends more than is kept for later turns, without a close frame. */
  overrun(): void
  /** Whether the session may be handed one more message in this turn of the event loop. */
  takeTurn(): boolean
  /** Calls back in the next turn of the event loop. */
  afterTurn(callback: () => void): void
  /** Calls the waiter at the end of this turn of the event loop. Returns `false` when the transport cannot. */
  awaitTurnEnd(waiter: TurnWaiter): boolean
}
