import type { CloseEvent } from '../connection/close.ts'
import { type MessageType, ownedMessage } from '../connection/message.ts'
import type { DrivenConnection, SessionDriver } from '../connection/session-driver.ts'
import type { Bytes } from '../runtime/bytes.ts'
import type { BorrowingSession, HandlerSession } from './session.ts'

/** Calls the handlers of a session. It has no state, so all connections share one. */
abstract class CallbackDriver<
  Context,
  Callbacks extends HandlerSession<Context> | BorrowingSession<Context>,
> implements SessionDriver<Context>
{
  protected readonly session: Callbacks
  readonly ping: ((connection: DrivenConnection<Context>) => unknown) | undefined

  constructor(session: Callbacks) {
    this.session = session
    this.ping =
      session.ping === undefined ? undefined : (connection) => session.ping?.(connection.handle)
  }

  opened(connection: DrivenConnection<Context>): unknown {
    return this.session.open?.(connection.handle)
  }

  abstract received(
    connection: DrivenConnection<Context>,
    data: string | Bytes,
    type: MessageType,
  ): unknown

  drained(connection: DrivenConnection<Context>): unknown {
    // No drain while closing: nothing can be sent then.
    return connection.isOpen ? this.session.drain?.(connection.handle) : undefined
  }

  leaving(connection: DrivenConnection<Context>): unknown {
    return this.session.shutdown?.(connection.handle)
  }

  timedOut(connection: DrivenConnection<Context>): unknown {
    return this.session.timeout?.(connection.handle)
  }

  ended(connection: DrivenConnection<Context>, event: CloseEvent): unknown {
    return this.session.close?.(connection.handle, event)
  }
}

/** For handlers that receive copies of the messages. */
export class HandlerDriver<Context> extends CallbackDriver<Context, HandlerSession<Context>> {
  received(
    connection: DrivenConnection<Context>,
    data: string | Bytes,
    type: MessageType,
  ): unknown {
    return this.session.message?.(connection.handle, ownedMessage(data, type))
  }
}

/** For handlers that receive the engine's memory. */
export class BorrowingDriver<Context> extends CallbackDriver<Context, BorrowingSession<Context>> {
  received(
    connection: DrivenConnection<Context>,
    data: string | Bytes,
    type: MessageType,
  ): unknown {
    return this.session.message?.(connection.handle, data, type)
  }
}
