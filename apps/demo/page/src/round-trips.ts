const KEPT = 60
const OUTSTANDING = 10_000

/** What identifies an echo: the text, or the size of binary data. */
type Mark = string | number

/** Measures the time from a message to its echo, which comes in the order of sending. */
export class RoundTrips {
  /** Milliseconds, the newest last; at most 60. */
  readonly samples: number[] = []
  #count = 0
  #outstanding: { readonly mark: Mark; readonly at: number }[] = []

  get last(): number | undefined {
    return this.samples.at(-1)
  }

  sent(data: string | ArrayBuffer, at: number): void {
    if (this.#outstanding.length < OUTSTANDING) this.#outstanding.push({ mark: markOf(data), at })
  }

  /** How many there were, which tells of a new one. */
  get count(): number {
    return this.#count
  }

  received(data: string | ArrayBuffer, at: number): void {
    // A server that is no echo sends what was never asked for.
    const [oldest] = this.#outstanding
    if (oldest?.mark !== markOf(data)) return
    this.#outstanding.shift()
    this.add(at - oldest.at)
  }

  add(sample: number): void {
    this.#count++
    this.samples.push(sample)
    if (this.samples.length > KEPT) this.samples.shift()
  }

  /** The connection is over, and no echo will come of what was sent. @returns how many are missing. */
  reset(): number {
    const { length } = this.#outstanding
    this.#outstanding = []
    return length
  }
}

function markOf(data: string | ArrayBuffer): Mark {
  return typeof data === 'string' ? data : data.byteLength
}
