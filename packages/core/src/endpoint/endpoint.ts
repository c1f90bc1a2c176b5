import type { ParamsOf, PathParams } from '../address/path.ts'
import type { Connection } from '../connection/connection.ts'
import type { NeedsContext } from '../session/session.ts'
import type { EndpointEvents } from './endpoint-events.ts'
import type { EndpointOptions, ResolvedOptions } from './options.ts'
import { RunningEndpoint } from './running-endpoint.ts'
import type { ShutdownOptions, ShutdownReport } from './shutdown.ts'
import type { EndpointStats } from './stats.ts'

/**
 * A WebSocket endpoint: a path, policies, limits and a session. An adapter binds it to a server with
 * `attach(server, endpoint)`.
 */
export interface Endpoint<Context = unknown, Params = PathParams> {
  /** The options that are plain values, checked and with their defaults. */
  readonly options: EndpointSettings
  /** The connections that have not ended, those that are closing included. */
  readonly connections: ReadonlySet<Connection<Context, Params>>

  /**
   * Returns the figures of the endpoint at this moment. The object does not change later. The call takes
   * time for every connection, so do not call it for every message.
   */
  stats(): EndpointStats

  /**
   * Adds a listener for an event of the endpoint. An error that the listener throws goes to `onError`.
   *
   * @returns a function that removes the listener.
   * @throws TypeError for an unknown event, or when the listener is not a function.
   */
  on<Name extends keyof EndpointEvents>(
    event: Name,
    listener: (...args: EndpointEvents<Context, Params>[Name]) => void,
  ): () => void

  /**
   * Shuts the endpoint down. It refuses handshakes with 503, those that wait for `authorize` included. It
   * closes every connection with 1001, at once or, with `mode: 'wait'`, those that have not ended by themselves
   * shortly before the deadline. It terminates the connections that are left at the deadline. It does not close
   * the servers that the endpoint is bound to. Another call returns the same promise.
   *
   * @returns a promise that resolves when the last connection has ended. It never rejects.
   * @throws OptionError for a time out of range, an unknown mode or an unknown option. The endpoint stays open then.
   */
  close(options?: ShutdownOptions): Promise<ShutdownReport>
}

/** The options of an endpoint that are plain values. */
export type EndpointSettings = Omit<
  ResolvedOptions<never>,
  'session' | 'authorize' | 'httpTransports' | 'onError' | 'clock'
>

/** Makes `authorize` required for a context other than `undefined`, because only `authorize` can make one. */
export type ContextNeedsAuthorize<Context, Path extends string> = undefined extends Context
  ? unknown
  : Required<Pick<EndpointOptions<Context, Path>, 'authorize'>>

/**
 * Makes an endpoint. An adapter binds it to any number of servers.
 *
 * @typeParam Context what `authorize` makes
 * @typeParam Path the text of the option `path`
 * @typeParam Needed the context that the session asks for by {@link NeedsContext}
 * @throws OptionError for an option that is wrong or unknown. The message says what is allowed.
 */
export function createEndpoint<
  Context = undefined,
  Path extends string = string,
  Needed = undefined,
>(
  options: EndpointOptions<Context, Path> &
    ContextNeedsAuthorize<Context, Path> & {
      readonly session: NeedsContext<Needed>
    } & (undefined extends Needed ? unknown : { readonly authorize: unknown }),
): Endpoint<Context, ParamsOf<Path>>
// The type of the path tells the names of its parameters, and the matcher finds just those.
export function createEndpoint<Context>(options: EndpointOptions<Context>): Endpoint<Context> {
  return new RunningEndpoint(options)
}
