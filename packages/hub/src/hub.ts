import type { BorrowingSession, NeedsContext } from '@wirebeat/core'
import type { CloseOptions, DisconnectOptions } from './definition/call.ts'
import type { Clients, Groups } from './definition/clients.ts'
import type { HubDefinition, Methods } from './definition/hub-definition.ts'
import type { HubOptions } from './options.ts'
import { RunningHub } from './running-hub.ts'

/** Whose connections {@link Hub.disconnect} ends: those of a user, or one. */
export type DisconnectTarget =
  | { readonly user: string; readonly connection?: never }
  | { readonly connection: string; readonly user?: never }

/** A hub that runs. Several may be made of one definition. */
export interface Hub<Client, Context> {
  /** The session for an endpoint. */
  readonly session: BorrowingSession<Context | undefined> & NeedsContext<Context>
  /** Whom the application can tell something, or ask, at any time. */
  readonly clients: Clients<Client>
  readonly groups: Groups
  /**
   * Ends connections on all servers, as soon as what was sent before has left.
   *
   * @returns a promise of how many there were.
   * @throws OptionError for a target or an option that is wrong or unknown. AskError of topics when another server could
   * not be told; those of all the others have ended then. Both as rejections.
   */
  disconnect(target: DisconnectTarget, options?: DisconnectOptions): Promise<number>
  /**
   * Ends all connections. Their clients are told that they may connect again. Groups and users are told nothing more.
   * An endpoint that is closed ends them as well, over a time that you choose.
   *
   * @returns a promise that resolves when the last has ended, and what `disconnected` has returned for it, or at the
   * deadline. `onError` is told of what has not returned by then.
   * @throws OptionError for an option that is wrong or unknown.
   */
  close(options?: CloseOptions): Promise<void>
}

/**
 * Runs a hub.
 *
 * @throws OptionError for an option that is wrong or unknown.
 */
export function createHub<Client, Context, M extends Methods>(
  definition: HubDefinition<Client, Context, M>,
  options: HubOptions<Client, Context> = {},
): Hub<Client, Context> {
  // What runs knows of no types of an application.
  return new RunningHub(definition, options as HubOptions) as unknown as Hub<Client, Context>
}
