/** A place that a request holds for the connection that a later request is to open. */
export interface HeldPlace {
  /** The address that the place counts for: that of the last request that has asked for it. */
  remoteAddress: string
  /** `false` once a connection has taken the place, or it was given back. */
  isHeld: boolean
}

/**
 * What a request asks to take over: a place that is held, and the id of the connection to be. One of `opened`,
 * `refused` and `ended` follows, and `ended` follows `opened`.
 */
export interface Claim {
  readonly place: HeldPlace
  /** The id of the connection. It is no secret. */
  readonly id: string
  /** The connection was made. */
  opened(): void
  /** The request was refused, or its client has gone. The place is still held. */
  refused(): void
  /** The connection has ended, or was never made after all. The place is given back. */
  ended(): void
}
