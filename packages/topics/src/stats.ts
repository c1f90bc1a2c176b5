/** The figures of topics on this server, at one moment. Those of the backplane are 0 without one. */
export interface TopicsStats {
  /** How many topics have a subscriber. */
  readonly topics: number
  readonly subscriptions: number
  /** How often `publish` was called. */
  readonly published: number
  /** How many messages were sent to connections. */
  readonly delivered: number
  /** How many messages were not sent, because a subscriber with `slow: 'skip'` was slow. */
  readonly skipped: number
  /** How many publications were handed over to the backplane. */
  readonly relayed: number
  /** How many publications of other servers have arrived. */
  readonly received: number
  /** How often the event `gap` was told. */
  readonly gaps: number
  /** How many publications and questions came twice or too late over the backplane, and were dropped. */
  readonly stale: number
  /** How often something came over the backplane that cannot be read. */
  readonly unreadable: number
  /** How many channels the broker has confirmed, two of the server's own among them. */
  readonly channels: number
  /** How often another server was asked something. */
  readonly asked: number
  /** How many questions of other servers were answered. */
  readonly answers: number
}
