import type { Bytes } from '../runtime/bytes.ts'
import type { CloseCause, CloseEvent } from './close.ts'
import type { ConnectionHandle } from './connection-handle.ts'
import type { Message, MessageType } from './message.ts'
import type { TurnWaiter } from './transport.ts'
import type { TurnTaker } from './turn-budget.ts'

/**
 * What a connection tells its session, whatever style that is written in. The first five return what
 * the session returned, which may be a promise.
 */
export interface SessionDriver<Context> {
  opened(connection: DrivenConnection<Context>): unknown
  received(connection: DrivenConnection<Context>, data: Bytes, type: MessageType): unknown
  drained?(connection: DrivenConnection<Context>): unknown
  /** Sends the session's own ping. Not there: the transport sends a ping frame. */
  readonly ping?: ((connection: DrivenConnection<Context>) => unknown) | undefined
  ended(connection: DrivenConnection<Context>, event: CloseEvent): unknown
  /** The next message, or the end. Not there: the session is handed its messages. */
  read?(connection: DrivenConnection<Context>): Promise<IteratorResult<Message, undefined>>
}

/** A connection, as the driver of its session sees it. */
export interface DrivenConnection<Context> {
  /** What the session holds. */
  readonly handle: ConnectionHandle<Context>
  readonly isOpen: boolean
  /** Whether the transport can stop reading. */
  readonly canPause: boolean
  /** Stops reading because the session is behind. */
  holdReading(): void
  /** The session has caught up. Reading goes on, unless the session itself has paused it. */
  releaseReading(): void
  /** Closes for a reason of the endpoint's own, with the code that belongs to it. */
  fail(cause: CloseCause, reason: string): void
  /**
   * Disconnects a peer that sends more than is kept for later turns. Without a close frame: the engine may go on
   * reading for as long as the peer goes on sending.
   */
  overrun(): void
  /** Whether the session may be handed one more message in this turn of the event loop. */
  takeTurn(): boolean
  /** Calls the driver when the next turn is there. */
  awaitNextTurn(driver: Pick<TurnTaker, 'turnBegan'>): void
  /** Calls the waiter at the end of this turn, or returns `false` when the transport will not. */
  awaitTurnEnd(waiter: TurnWaiter): boolean
}
