import type { CloseEvent } from '../connection/close.ts'
import type { Connection } from '../connection/connection.ts'
import type { Message, MessageType } from '../connection/message.ts'
import type { Bytes } from '../runtime/bytes.ts'
import {
  checkFunction,
  checkNames,
  checkOneOf,
  OptionError,
  wrongValue,
} from '../runtime/option-error.ts'
import type { LoopSession } from './loop.ts'

/** Handlers may return anything: what is a promise is awaited, so that its error is noticed. */
interface SessionHandlers<Context> {
  /** The connection is open. Called before anything else. */
  open?(connection: Connection<Context>): unknown
  /** The network took all that waited, after a `send` that returned `queued`. */
  drain?(connection: Connection<Context>): unknown
  /**
   * Sends a ping of the session's own, a message that its clients understand, in place of a ping frame.
   * Called when nothing else was sent for `keepAliveInterval`. The clients must then speak by themselves,
   * since nobody asks them for a pong. Default: a ping frame every `keepAliveInterval`.
   */
  ping?(connection: Connection<Context>): unknown
  /** The connection ended. Called once, after everything else, and never from inside a call of yours. */
  close?(connection: Connection<Context>, event: CloseEvent): unknown
}

/** A session written as handlers. Every handler is called with the connection that it is about. */
export interface HandlerSession<Context = unknown> extends SessionHandlers<Context> {
  readonly memory?: 'owned'
  readonly run?: never
  /** A message came. It is yours: nobody changes it later. */
  message?(connection: Connection<Context>, message: Message): unknown
}

/**
 * A session that is handed the memory of the engine, so that nothing is copied for it. The bytes are
 * valid during the call only: send them on as they came, or look at them through {@link bytesOf}, but keep
 * no reference to them.
 */
export interface BorrowingSession<Context = unknown> extends SessionHandlers<Context> {
  readonly memory: 'borrowed'
  readonly run?: never
  /** A message came. Text comes as its UTF-8 bytes. */
  message?(connection: Connection<Context>, data: Bytes, type: MessageType): unknown
}

/**
 * What the application does with a connection. A handler that throws, or whose promise rejects, ends
 * its own connection with 1011 and cause `session-error`; the error goes to `onError`.
 */
export type Session<Context = unknown> =
  | HandlerSession<Context>
  | BorrowingSession<Context>
  | LoopSession<Context>

const HANDLERS: readonly string[] = ['open', 'message', 'drain', 'ping', 'close']

/** @throws OptionError for what is no session. */
export function checkSession(session: Session<never>): void {
  if (typeof session !== 'object' || session === null) {
    throw wrongValue('session', session, 'an object of handlers, loop(...) or echo()')
  }
  // Asked for by name, because the methods of a class are no properties of its objects.
  const members = session as Readonly<Record<string, unknown>>
  if (members['memory'] !== undefined) {
    checkOneOf('session.memory', members['memory'], ['owned', 'borrowed'])
  }
  if (members['run'] !== undefined && HANDLERS.some((name) => members[name] !== undefined)) {
    throw new OptionError('session', 'session must be handlers or loop(...), got both.')
  }
  for (const name of [...HANDLERS, 'run']) {
    if (members[name] !== undefined) checkFunction(`session.${name}`, members[name])
  }
  // A class may have members of its own; in a plain object another name is a slip of the pen.
  if (Object.getPrototypeOf(session) === Object.prototype) {
    checkNames(session, [...HANDLERS, 'memory', 'run'], 'session.')
  }
}
