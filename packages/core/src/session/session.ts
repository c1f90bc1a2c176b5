import type { PathParams } from '../address/path.ts'
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
import { isPlain } from '../runtime/realm.ts'
import type { LoopSession } from './loop.ts'

/** Handlers may return anything. A promise is watched, so that its rejection is an error of the session. */
interface SessionHandlers<Context, Params> {
  /** Called first, when the connection is open. */
  open?(connection: Connection<Context, Params>): unknown
  /** Called after a `send` that returned `queued`, when the network has taken everything that waited. */
  drain?(connection: Connection<Context, Params>): unknown
  /**
   * Sends a message as a ping, instead of a ping frame. Called when nothing was sent for
   * `keepAliveInterval`. Clients get no ping frame to answer, so they must send messages by themselves. Not
   * allowed with `keepAliveInterval: 0`. Default: a ping frame every `keepAliveInterval`.
   */
  ping?(connection: Connection<Context, Params>): unknown
  /**
   * Called when `endpoint.close()` is about to close the connection, which can still be sent a last message. The
   * connection is closed when this returns; a promise is not waited for.
   */
  shutdown?(connection: Connection<Context, Params>): unknown
  /**
   * Called when the client was silent for `clientTimeout`, before it is disconnected. It may still read, so it can be
   * sent a last message, which leaves as far as the network takes it at once. A promise is not waited for. The cause of the
   * end is `heartbeat`, unless this closes the connection or throws.
   */
  timeout?(connection: Connection<Context, Params>): unknown
  /** Called once and last, when the connection has ended. Never called within a call to the connection. */
  close?(connection: Connection<Context, Params>, event: CloseEvent): unknown
}

/** A session written as handlers. All of them are optional. */
export interface HandlerSession<Context = unknown, Params = PathParams>
  extends SessionHandlers<Context, Params> {
  readonly memory?: 'owned'
  readonly run?: never
  /** Called for each message, in order. The message is safe to keep. */
  message?(connection: Connection<Context, Params>, message: Message): unknown
}

/**
 * A session that receives what the engine has, so that messages are neither copied nor decoded. Bytes are valid
 * during the call only. Send them on, or read them with {@link bytesOf}, but do not keep a reference.
 */
export interface BorrowingSession<Context = unknown, Params = PathParams>
  extends SessionHandlers<Context, Params> {
  readonly memory: 'borrowed'
  readonly run?: never
  /**
   * Called for each message, in order. A text is a string on an engine that hands it over as one, and UTF-8 on
   * the others. {@link bytesOf} takes both.
   */
  message?(
    connection: Connection<Context, Params>,
    data: string | Bytes,
    type: MessageType,
  ): unknown
}

/**
 * What a session adds to its type when it was made for endpoints with a certain context, elsewhere than in their
 * options. `createEndpoint` asks for an `authorize` then. The handlers of such a session take `undefined` for a context
 * too: that is what `createEndpoint` tries first, before it looks at an `authorize` with parameters.
 */
export interface NeedsContext<Context> {
  /** Only a type, which no object has. */
  readonly '~context'?: Context
}

/**
 * What the application does with a connection. When a handler throws or its promise rejects, its connection
 * closes with 1011 and cause `session-error`, and the error goes to `onError`.
 */
export type Session<Context = unknown, Params = PathParams> =
  | HandlerSession<Context, Params>
  | BorrowingSession<Context, Params>
  | LoopSession<Context, Params>

const HANDLERS: readonly string[] = [
  'open',
  'message',
  'drain',
  'ping',
  'shutdown',
  'timeout',
  'close',
]

/** @throws OptionError for a value that is not a session. */
export function checkSession(session: Session<never>): void {
  if (typeof session !== 'object' || session === null || Array.isArray(session)) {
    throw wrongValue('session', session, 'an object of handlers, loop(...) or echo()')
  }
  // Read by name, because the methods of a class are not own properties of its objects.
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
  // A class may have other members. In a plain object another name is a mistake.
  if (isPlain(session)) {
    checkNames(session, [...HANDLERS, 'memory', 'run'], 'session.')
  }
}
