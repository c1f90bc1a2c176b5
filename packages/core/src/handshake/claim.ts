/** A place that a request holds for the connection that a later request is to open. */
export interface HeldPlace {
  /** The address that the place counts for: that of the last request that has asked for it. */
  remoteAddress: string
  /** `false` once a connection has taken the place, or it was given back. */
  isHeld: boolean
}

/** What a request asks to take over, as far as its admission goes. */
export interface AdmissionClaim {
  /** The place that is held for the connection. `undefined` for a connection that lives, and so has its place. */
  readonly place: HeldPlace | undefined
  /** The id of the connection. It is no secret. */
  readonly id: string
  /** The request was refused, or its client has gone. What it has asked for can be asked for again. */
  refused(): void
  /** The request was admitted and has come to nothing, or its connection has ended. A place is given back. */
  ended(): void
}
