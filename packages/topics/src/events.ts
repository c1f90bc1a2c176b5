import type { Connection } from '@wirebeat/core'

/** The events of topics, with the arguments of their listeners. All of them tell of this server. */
export interface TopicsEvents {
  /** A topic has its first subscriber. */
  open: readonly [topic: string]
  /** A topic has lost its last subscriber. */
  close: readonly [topic: string]
  /**
   * A subscriber with `slow: 'skip'` keeps up again, and has missed so many messages of the topic. It gets the
   * next one. Send it the present state here, if it needs that.
   */
  lagged: readonly [connection: Connection, topic: string, missed: number]
}

/** The names of the events. */
export const EVENTS: Readonly<Record<keyof TopicsEvents, true>> = {
  open: true,
  close: true,
  lagged: true,
}

/** Where an error was thrown: in a listener. */
export interface TopicsErrorSource {
  readonly event: keyof TopicsEvents
}
