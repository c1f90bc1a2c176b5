import type { MissingCapabilities } from './capabilities.ts'
import type { Endpoint } from './endpoint.ts'
import type { Listening, ListenOptions } from './listening.ts'

/**
 * One adapter as a value, which its package exports as `adapter`. For programs that run several adapters:
 * tests, benchmarks and the compatibility table.
 */
export interface Adapter<Host = never> {
  /** The name of the package without `adapter-`, such as `ws`. */
  readonly name: string
  /** The name of the engine, as its authors write it. */
  readonly engine: string
  /** What the engine cannot do. An empty object when it can do everything. */
  readonly missing: MissingCapabilities
  /**
   * Binds an endpoint to a server. It takes the place of a closed endpoint with the same path.
   *
   * @returns the server.
   * @throws Error when the server already has an endpoint with the same path that is not closed, TypeError for an
   * endpoint that was not made by `createEndpoint`.
   */
  attach<Server extends Host>(host: Server, endpoint: Endpoint): Server
  /** Makes a server for one endpoint, and listens. Rejects with an Error when it cannot. */
  listen(endpoint: Endpoint, options?: ListenOptions<Host>): Promise<Listening>
  /**
   * Loads the engine, for an adapter that does not depend on it. Rejects with an Error that says why the
   * engine cannot be loaded.
   */
  load?(): Promise<unknown>
}
