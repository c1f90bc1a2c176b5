import type { Connection } from '@wirebeat/core'
import type { CancellationSignal } from '@wirebeat/core/extension'
import type { CallClients, OwnGroups } from './clients.ts'

/** Options of ending a connection. */
export interface DisconnectOptions {
  /** Whether the client is told that it may connect again. Default: `false`. */
  readonly allowReconnect?: boolean
}

/** Options of closing a hub. */
export interface CloseOptions {
  /**
   * How long the end of all connections may take, with what `connected` and `disconnected` do, in milliseconds, 0 to
   * 2,147,483,647. Default: 10,000.
   */
  readonly deadline?: number
}

/** A client of a hub, as its own calls see it. */
export interface Caller<Client, Context = unknown> {
  /** The id of the connection, which no other connection has on any server. */
  readonly connectionId: string
  /** What the option `userId` returned. */
  readonly userId: string | undefined
  /** What `authorize` of the endpoint returned. */
  readonly context: Context
  /** The connection of the endpoint. Do not send on it: a client of a hub would not understand that. */
  readonly connection: Connection<Context>
  /** For whatever the application wants to keep with the connection. */
  readonly items: Map<string, unknown>
  /** Whom the methods can tell something, or ask. */
  readonly clients: CallClients<Client>
  readonly groups: OwnGroups
  /** Ends the connection, as soon as what was sent before has left. */
  disconnect(options?: DisconnectOptions): void
}

/** One call of a client: the first argument of every method. */
export interface Call<Client, Context = unknown> extends Caller<Client, Context> {
  /** Aborted when the client cancels the call, and when its connection ends. */
  readonly signal: CancellationSignal
}

/** A call as filters see it. */
export interface FilteredCall<Client, Context = unknown> extends Call<Client, Context> {
  /** The name of the method as it is defined. Of an unknown one, as the client has written it. */
  readonly method: string
  /** What the client has sent, before it is checked. Empty where that could not be read. */
  readonly args: readonly unknown[]
}

/**
 * Code around the calls of a hub. It sees every call: also those of unknown methods, and with arguments that do not
 * fit. `next()` goes on to the next filter, and at last to the method. What the filter returns or throws is the answer.
 *
 * @param next returns what the method returns, for a stream the iterable; rejects with a {@link RefusedCallError} when
 * the method was not called. A rejection that the filter does not await is lost
 */
export type Filter<Client, Context = unknown> = (
  call: FilteredCall<Client, Context>,
  next: () => Promise<unknown>,
) => unknown
