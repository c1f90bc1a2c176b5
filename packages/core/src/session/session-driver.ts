import type { CloseEvent } from '../connection/close.ts'
import { type Bytes, type MessageType, ownedMessage } from '../connection/message.ts'
import type { ServerConnection } from '../connection/server-connection.ts'
import { LoopDriver } from './loop-driver.ts'
import type { BorrowingSession, HandlerSession, Session } from './session.ts'

/**
 * What a connection tells its session, whatever style that is written in. Each returns what the
 * session returned, which may be a promise.
 */
export interface SessionDriver<Context> {
  opened(connection: ServerConnection<Context>): unknown
  received(connection: ServerConnection<Context>, data: Bytes, type: MessageType): unknown
  drained(connection: ServerConnection<Context>): unknown
  ended(connection: ServerConnection<Context>, event: CloseEvent): unknown
}

/** One driver for all connections, or one for each in the loop style. */
export function sessionDriver<Context>(
  session: Session<Context>,
  receiveBufferSize: number,
): () => SessionDriver<Context> {
  if (session.run !== undefined) return () => new LoopDriver(session, receiveBufferSize)
  const driver =
    session.memory === 'borrowed' ? new BorrowingDriver(session) : new HandlerDriver(session)
  return () => driver
}

abstract class CallbackDriver<
  Context,
  Callbacks extends HandlerSession<Context> | BorrowingSession<Context>,
> implements SessionDriver<Context>
{
  protected readonly session: Callbacks

  constructor(session: Callbacks) {
    this.session = session
  }

  opened(connection: ServerConnection<Context>): unknown {
    return this.session.open?.(connection)
  }

  abstract received(connection: ServerConnection<Context>, data: Bytes, type: MessageType): unknown

  drained(connection: ServerConnection<Context>): unknown {
    // A closing connection has nothing to be sent on.
    return connection.isOpen ? this.session.drain?.(connection) : undefined
  }

  ended(connection: ServerConnection<Context>, event: CloseEvent): unknown {
    return this.session.close?.(connection, event)
  }
}

class HandlerDriver<Context> extends CallbackDriver<Context, HandlerSession<Context>> {
  received(connection: ServerConnection<Context>, data: Bytes, type: MessageType): unknown {
    return this.session.message?.(connection, ownedMessage(data, type))
  }
}

class BorrowingDriver<Context> extends CallbackDriver<Context, BorrowingSession<Context>> {
  received(connection: ServerConnection<Context>, data: Bytes, type: MessageType): unknown {
    return this.session.message?.(connection, data, type)
  }
}
