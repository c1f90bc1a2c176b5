import type { CloseEvent } from './close.ts'
import type { Connection } from './connection.ts'
import type { LoopSession } from './loop.ts'
import type { Message } from './message.ts'
import type { MessageType } from './transport.ts'

interface SessionHandlers<Context> {
  /** The connection is open. Called before anything else. */
  open?(connection: Connection<Context>): void | Promise<void>
  /** The network took all that waited, after a `send` that returned `queued`. */
  drain?(connection: Connection<Context>): void | Promise<void>
  /** The connection ended. Called once, after everything else, and never from inside a call of yours. */
  close?(connection: Connection<Context>, event: CloseEvent): void | Promise<void>
}

/** A session written as handlers. Every handler is called with the connection that it is about. */
export interface HandlerSession<Context = unknown> extends SessionHandlers<Context> {
  readonly memory?: 'owned'
  readonly run?: never
  /** A message came. It is yours: nobody changes it later. */
  message?(connection: Connection<Context>, message: Message): void | Promise<void>
}

/**
 * A session that is handed the memory of the engine, so that nothing is copied for it. The bytes are
 * valid during the call only: send them, read them, but keep no reference to them.
 */
export interface BorrowingSession<Context = unknown> extends SessionHandlers<Context> {
  readonly memory: 'borrowed'
  readonly run?: never
  /** A message came. Text comes as its UTF-8 bytes. */
  message?(
    connection: Connection<Context>,
    data: Uint8Array,
    type: MessageType,
  ): void | Promise<void>
}

/**
 * What the application does with a connection. A handler that throws, or whose promise rejects, ends
 * its own connection with 1011 and cause `session-error`; the error goes to `onError`.
 */
export type Session<Context = unknown> =
  | HandlerSession<Context>
  | BorrowingSession<Context>
  | LoopSession<Context>
