/** What a server of the measurement of the relay is started with. */
export interface RelaySettings {
  readonly broker: 'redis' | 'nats'
  /** Whether it publishes each message by the client of the broker itself. */
  readonly isBare: boolean
  readonly port: number
  readonly isPublisher: boolean
  readonly topics: number
}

/** What it is told. */
export type RelayOrder =
  | {
      readonly kind: 'publish'
      readonly turns: number
      /** How many publications each turn has. */
      readonly each: number
      /** Between two turns, in milliseconds. */
      readonly pause: number
      readonly bytes: number
    }
  | { readonly kind: 'begin' }
  | { readonly kind: 'report' }

/** What it tells. */
export type RelayReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'published' }
  | {
      readonly kind: 'report'
      /** CPU time since `begin`, in µs. */
      readonly cpu: number
      readonly received: number
    }
