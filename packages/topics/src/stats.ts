/** The figures of topics on this server, at one moment. */
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
}
