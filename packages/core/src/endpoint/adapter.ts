import type { MissingCapabilities } from './capabilities.ts'
import type { Endpoint } from './endpoint.ts'
import type { Listening, ListenOptions } from './listening.ts'

/**
 * What an adapter package exports as `adapter`, beside the functions themselves: all that a test, a
 * benchmark or a table needs to know of it.
 */
export interface Adapter<Host = never> {
  /** A short name, that of the package without `adapter-`. */
  readonly name: string
  /** The engine, as its own authors write it. */
  readonly engine: string
  /** What the engine cannot do. An empty object: it can do all. */
  readonly missing: MissingCapabilities
  /** Binds an endpoint to a server, and returns the server. */
  attach<Server extends Host>(host: Server, endpoint: Endpoint): Server
  /** Makes a server for the endpoint alone. */
  listen(endpoint: Endpoint, options?: ListenOptions<Host>): Promise<Listening>
  /**
   * Loads the engine, where it is no dependency of the adapter. Rejects with an error that says why the
   * engine cannot be loaded here.
   */
  load?(): Promise<unknown>
}
