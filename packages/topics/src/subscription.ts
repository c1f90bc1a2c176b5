/** That a connection is subscribed to a topic. */
export interface Subscription {
  /** The name of the topic. */
  readonly topic: string
  /**
   * Whether it lasts. `false` from the start when the connection was closing or had ended, or the topics were
   * closed.
   */
  readonly isActive: boolean
  /**
   * Resolves once publications of other servers arrive too; at once without a backplane. Load a snapshot then. It
   * waits while the backplane is down. It resolves with `false` when the broker has refused the topic, and when the
   * subscription has ended before. Never rejects.
   */
  readonly relayed: Promise<boolean>
  /**
   * Ends this subscription. Does nothing when it has ended, or when the connection has subscribed to the topic
   * again since.
   */
  end(): void
}

/** Where a subscription is looked up. */
export interface SubscriptionOwner {
  /** Whether a subscription still is of this generation. */
  isCurrent(entry: number, generation: number): boolean
  end(entry: number): void
  /** Resolves with whether publications of other servers to a topic arrive. */
  relayed(topic: string): Promise<boolean>
}

/** A subscription, by its number and generation. */
export class NumberedSubscription implements Subscription {
  readonly topic: string
  readonly #owner: SubscriptionOwner
  readonly #entry: number
  readonly #generation: number

  constructor(topic: string, owner: SubscriptionOwner, entry: number, generation: number) {
    this.topic = topic
    this.#owner = owner
    this.#entry = entry
    this.#generation = generation
  }

  get isActive(): boolean {
    return this.#owner.isCurrent(this.#entry, this.#generation)
  }

  get relayed(): Promise<boolean> {
    return this.isActive ? this.#owner.relayed(this.topic) : Promise.resolve(false)
  }

  end(): void {
    if (this.isActive) this.#owner.end(this.#entry)
  }
}

/** A subscription that was refused. */
export class RefusedSubscription implements Subscription {
  readonly topic: string
  readonly isActive = false

  constructor(topic: string) {
    this.topic = topic
  }

  get relayed(): Promise<boolean> {
    return Promise.resolve(false)
  }

  end(): void {}
}
