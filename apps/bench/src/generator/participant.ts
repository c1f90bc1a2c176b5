/** One connection of the load generator. */
export interface Participant {
  readonly isOpen: boolean
  /** Ends at once. Resolves when nothing is left of it. */
  end(): Promise<void>
}

/** One that keeps messages under way. */
export interface Talker extends Participant {
  /** Starts to exchange messages. */
  start(): void
}
