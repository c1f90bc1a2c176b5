import type { Connection } from '@wirebeat/core'
import type { Gap } from './relay/gap.ts'
import type { BackplaneState } from './relay/relay.ts'

/** The events of topics, with the arguments of their listeners. */
export interface TopicsEvents {
  /** A topic has its first subscriber on this server. */
  open: readonly [topic: string]
  /** A topic has lost its last subscriber on this server. */
  close: readonly [topic: string]
  /**
   * A subscriber with `slow: 'skip'` keeps up again, and has missed so many messages of the topic. It gets the
   * next one. Send it the present state here, if it needs that.
   */
  lagged: readonly [connection: Connection, topic: string, missed: number]
  /**
   * Publications of other servers to a topic did not arrive, or may not have. Load the present state of the topic
   * here, and send it to its subscribers, if they need to have everything.
   */
  gap: readonly [gap: Gap]
  /** The state of the backplane has changed, or an attempt to connect has failed, with the reason. */
  state: readonly [state: BackplaneState, why: Error | undefined]
  /** Something came over the backplane that cannot be read, and was dropped. */
  unreadable: readonly [error: Error]
}

/** The names of the events. */
export const EVENTS: Readonly<Record<keyof TopicsEvents, true>> = {
  open: true,
  close: true,
  lagged: true,
  gap: true,
  state: true,
  unreadable: true,
}

/** Where an error was thrown: in a listener. */
export interface TopicsErrorSource {
  readonly event: keyof TopicsEvents
}
