const CR = 0x0d
const LF = 0x0a
const COLON = 0x3a

/**
 * Reads a chunked body (RFC 9112, section 7.1) of Server-Sent Events, and checks that they are the expected ones, one after
 * another and from the start again. Comments may come between them.
 */
export class EventReader {
  readonly #events: readonly Buffer[]
  /** Bytes of the chunk that are still to come. */
  #left = 0
  /** The size of the next chunk, as far as it was read. */
  #size: number | undefined
  #slot = 0
  /** How much of the current event has come. */
  #offset = 0
  #isInComment = false

  /** @param events the bytes of one event each */
  constructor(events: readonly Buffer[]) {
    this.#events = events
  }

  /**
   * Takes the bytes from `at` to `end`, and returns how many events are complete with them.
   *
   * @throws Error for what is no expected event, and at the end of the body
   */
  read(chunk: Buffer, at: number, end: number): number {
    let complete = 0
    while (at < end) {
      if (this.#left === 0) {
        this.#readSize(chunk[at++] ?? 0)
        continue
      }
      const take = Math.min(this.#left, end - at)
      complete += this.#take(chunk, at, at + take)
      this.#left -= take
      at += take
    }
    return complete
  }

  /** The line before a chunk, and the end of the line behind the one before. */
  #readSize(byte: number): void {
    if (byte === CR) return
    if (byte !== LF) {
      this.#size = 16 * (this.#size ?? 0) + Number.parseInt(String.fromCharCode(byte), 16)
      return
    }
    if (this.#size === undefined) return
    if (!(this.#size > 0)) throw new Error('the server ended the stream')
    this.#left = this.#size
    this.#size = undefined
  }

  #take(chunk: Buffer, from: number, end: number): number {
    let complete = 0
    for (let at = from; at < end; ) {
      if (this.#offset === 0 && this.#isAside(chunk[at] ?? 0)) {
        at++
        continue
      }
      const event = this.#events[this.#slot]
      const take = Math.min(end - at, (event?.length ?? 0) - this.#offset)
      if (event?.compare(chunk, at, at + take, this.#offset, this.#offset + take) !== 0) {
        throw new Error(`the event differs from what was expected: ${chunk.subarray(at, at + 100)}`)
      }
      at += take
      this.#offset += take
      if (this.#offset < event.length) break
      this.#offset = 0
      this.#slot = (this.#slot + 1) % this.#events.length
      complete++
    }
    return complete
  }

  /** Whether a byte between two events is of a comment, or ends a line. */
  #isAside(byte: number): boolean {
    if (byte === COLON) this.#isInComment = true
    if (byte !== LF) return this.#isInComment || byte === CR
    this.#isInComment = false
    return true
  }
}
