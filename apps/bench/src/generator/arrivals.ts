import { sharedNow } from '../moment.ts'

/** Messages that may be under way to some and have come to others. */
const UNDER_WAY = 65_536

/** Which messages of a broadcast have come to how many connections. */
export class Arrivals {
  readonly #connections: number
  readonly #onAll: (number: number) => void
  readonly #counts = new Uint32Array(UNDER_WAY)
  #messages = 0
  #lasts: [number: number, at: number][] = []

  /**
   * @param connections how many are to get each message
   * @param onAll called with the number of a message that has come to all
   */
  constructor(connections: number, onAll: (number: number) => void) {
    this.#connections = connections
    this.#onAll = onAll
  }

  /** Messages to all connections since `reset`. */
  get messages(): number {
    return this.#messages
  }

  /** The messages that have come to all since `reset`, and when the last connection got them. */
  get lasts(): readonly (readonly [number: number, at: number])[] {
    return this.#lasts
  }

  reset(): void {
    this.#messages = 0
    this.#lasts = []
  }

  /** One connection got so many messages, from this number on. */
  add(first: number, count: number): void {
    this.#messages += count
    for (let number = first; number < first + count; number++) {
      const place = number % UNDER_WAY
      const arrived = (this.#counts[place] ?? 0) + 1
      this.#counts[place] = arrived
      if (arrived < this.#connections) continue
      this.#counts[place] = 0
      this.#lasts.push([number, sharedNow()])
      this.#onAll(number)
    }
  }
}
