import type { CloseEvent } from '../connection/close.ts'
import { type MessageType, ownedMessage } from '../connection/message.ts'
import type { DrivenConnection, SessionDriver } from '../connection/session-driver.ts'
import type { Bytes } from '../runtime/bytes.ts'
import type { BorrowingSession, HandlerSession } from './session.ts'

/** Calls the handlers of a session. It holds nothing of a connection, so one serves all. */
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

  abstract received(connection: DrivenConnection<Context>, data: Bytes, type: MessageType): unknown

  drained(connection: DrivenConnection<Context>): unknown {
    // A closing connection has nothing to be sent on.
    return connection.isOpen ? this.session.drain?.(connection.handle) : undefined
  }

  ended(connection: DrivenConnection<Context>, event: CloseEvent): unknown {
    return this.session.close?.(connection.handle, event)
  }
}

/** For handlers that are handed messages of their own. */
export class HandlerDriver<Context> extends CallbackDriver<Context, HandlerSession<Context>> {
  received(connection: DrivenConnection<Context>, data: Bytes, type: MessageType): unknown {
    return this.session.message?.(connection.handle, ownedMessage(data, type))
  }
}

/** For handlers that are handed the engine's memory. */
export class BorrowingDriver<Context> extends CallbackDriver<Context, BorrowingSession<Context>> {
  received(connection: DrivenConnection<Context>, data: Bytes, type: MessageType): unknown {
    return this.session.message?.(connection.handle, data, type)
  }
}
