import type { Connection } from '../connection/connection.ts'
import type { EndpointEvents } from './endpoint-events.ts'
import type { EndpointOptions, ResolvedOptions } from './options.ts'
import { RunningEndpoint } from './running-endpoint.ts'
import type { ShutdownOptions, ShutdownReport } from './shutdown.ts'
import type { EndpointStats } from './stats.ts'

/**
 * A WebSocket endpoint: path, policies, limits and a session. An adapter binds it to a server:
 * `attach(server, endpoint)`.
 */
export interface Endpoint<Context = unknown> {
  /** The options that are plain values, checked, with the defaults filled in. */
  readonly options: EndpointSettings
  /** The connections that have not ended. */
  readonly connections: ReadonlySet<Connection<Context>>

  /**
   * What there is to count, at this moment. Nothing that happens later changes the object. Ask for it
   * now and then, not for every message: it looks at what waits to be sent on every connection.
   */
  stats(): EndpointStats

  /**
   * Listens to an event of the endpoint. What a listener throws goes to `onError`.
   *
   * @returns a function that stops the listening.
   * @throws TypeError for a listener that is no function.
   */
  on<Name extends keyof EndpointEvents>(
    event: Name,
    listener: (...args: EndpointEvents<Context>[Name]) => void,
  ): () => void

  /**
   * Shuts the service down: refuses handshakes with 503, also those about which `authorize` has not
   * decided yet, closes every connection with 1001, and terminates those that are still there at the
   * deadline. Servers and listeners that the endpoint is bound to are the caller's to close. Calling it
   * again returns the same promise.
   *
   * @throws OptionError for a time out of range; the endpoint stays open then.
   */
  close(options?: ShutdownOptions): Promise<ShutdownReport>
}

/** The options of an endpoint that are plain values. */
export type EndpointSettings = Omit<
  ResolvedOptions<never>,
  'session' | 'authorize' | 'onError' | 'clock'
>

/** A context other than `undefined` comes from nowhere but `authorize`. */
export type ContextNeedsAuthorize<Context> = undefined extends Context
  ? unknown
  : Required<Pick<EndpointOptions<Context>, 'authorize'>>

/**
 * Makes an endpoint, to be bound to any number of servers by an adapter.
 *
 * @throws OptionError naming the option that is wrong, its value and what is allowed.
 */
export function createEndpoint<Context = undefined>(
  options: EndpointOptions<Context> & ContextNeedsAuthorize<Context>,
): Endpoint<Context> {
  return new RunningEndpoint(options)
}
