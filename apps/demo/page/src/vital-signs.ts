/** The page's own view of the 2X rule, for one connection after another. Times in milliseconds. */
export class VitalSigns {
  /** X; `undefined` where no heartbeat is sent. */
  interval: number | undefined
  /** When anything came from the server last; `undefined` without a connection. */
  #heardAt: number | undefined
  #beatAt: number | undefined

  opened(at: number): void {
    this.#heardAt = at
    this.#beatAt = undefined
  }

  ended(): void {
    this.#heardAt = undefined
  }

  /** A heartbeat was sent. */
  beat(at: number): void {
    this.#beatAt = at
  }

  /** Anything came. */
  heard(at: number): void {
    if (this.#heardAt !== undefined) this.#heardAt = at
  }

  /** The answer to the last heartbeat came: how long that took, once. */
  answered(at: number): number | undefined {
    const sentAt = this.#beatAt
    this.#beatAt = undefined
    return sentAt === undefined ? undefined : at - sentAt
  }

  /** How long the server has been silent; `undefined` without a connection. */
  silence(now: number): number | undefined {
    return this.#heardAt === undefined ? undefined : now - this.#heardAt
  }
}

/** How far silence has come on the way to 2X, as a share from 0 to 1, and in a word. */
export function silenceLevel(
  silence: number,
  interval: number,
): { share: number; level: 'fresh' | 'late' | 'dead' } {
  const share = Math.min(silence / (2 * interval), 1)
  if (share === 1) return { share, level: 'dead' }
  // A heartbeat goes out at X; its answer needs the way there and back.
  return { share, level: silence > interval + Math.max(interval / 8, 50) ? 'late' : 'fresh' }
}
