/** A frame that is no echo: a ping, a close, or a heartbeat of the protocol above. */
export interface OtherFrame {
  readonly opcode: number
  readonly payload: Buffer
}

/**
 * Every so many messages all bytes are compared, and not only the first. An odd number, so that it is
 * each of the messages under way in turn.
 */
const FULL_CHECK_EVERY = 33
/** Of each message that many bytes are compared: a header, which says the length, and the marker. */
const CHECKED_BYTES = 18
/** Frames that are no echoes are short: header and at most 125 bytes (RFC 6455, section 5.5). */
const LONGEST_OTHER = 2 + 125

/**
 * Reads what a server sends, and checks that it is the expected echoes, one after another and from
 * the start again. Other short frames may come between them.
 *
 * A message is compared with the very bytes that the server has to send, so the frames are hardly
 * parsed at all: what differs in the first two bytes is another frame.
 */
export class EchoReader {
  readonly #echoes: readonly Buffer[]
  readonly #onOther: (frame: OtherFrame) => void
  #echo: Buffer
  #slot = 0
  /** How much of the current echo has come. */
  #offset = 0
  #untilFullCheck = 1
  readonly #other: Buffer = Buffer.alloc(LONGEST_OTHER)
  #otherLength = 0

  /** @param echoes the bytes of one message each, at least one */
  constructor(echoes: readonly Buffer[], onOther: (frame: OtherFrame) => void) {
    this.#echoes = echoes
    this.#onOther = onOther
    this.#echo = echoAt(echoes, 0)
  }

  /**
   * Takes the bytes from `at` to `end`.
   *
   * @returns how many messages are complete with them
   * @throws Error when what came is no echo
   */
  read(chunk: Buffer, at: number, end: number): number {
    let complete = 0
    while (at < end) {
      if (this.#offset === 0 && !this.#isEchoAhead(chunk, at, end)) {
        at = this.#readOther(chunk, at, end)
        continue
      }
      const take = Math.min(end - at, this.#echo.length - this.#offset)
      this.#check(chunk, at, take)
      at += take
      this.#offset += take
      if (this.#offset < this.#echo.length) break
      this.#next()
      complete++
    }
    return complete
  }

  #isEchoAhead(chunk: Buffer, at: number, end: number): boolean {
    return (
      this.#otherLength === 0 &&
      at + 1 < end &&
      chunk[at] === this.#echo[0] &&
      chunk[at + 1] === this.#echo[1]
    )
  }

  #next(): void {
    this.#offset = 0
    this.#slot = this.#slot + 1 === this.#echoes.length ? 0 : this.#slot + 1
    this.#echo = echoAt(this.#echoes, this.#slot)
    this.#untilFullCheck =
      this.#untilFullCheck === 0 ? FULL_CHECK_EVERY - 1 : this.#untilFullCheck - 1
  }

  #check(chunk: Buffer, at: number, length: number): void {
    const echo = this.#echo
    const offset = this.#offset
    if (this.#untilFullCheck === 0) {
      if (chunk.compare(echo, offset, offset + length, at, at + length) !== 0) {
        throw new Error('the echo differs from what was sent')
      }
      return
    }
    const checked = Math.min(length, CHECKED_BYTES - offset)
    for (let index = 0; index < checked; index++) {
      if (chunk[at + index] !== echo[offset + index]) {
        throw new Error('the echo differs from what was sent, in its header or its marker')
      }
    }
  }

  /** Collects a short frame that is no echo. Its first byte may turn out to be an echo's after all. */
  #readOther(chunk: Buffer, at: number, end: number): number {
    const other = this.#other
    while (at < end) {
      other[this.#otherLength++] = chunk[at++] ?? 0
      if (this.#otherLength < 2) continue
      if (this.#otherLength === 2 && other[0] === this.#echo[0] && other[1] === this.#echo[1]) {
        this.#otherLength = 0
        this.#offset = 2
        return at
      }
      const length = 2 + (other[1] ?? 0)
      if (length > LONGEST_OTHER) throw new Error('the server sent a long frame that is no echo')
      if (this.#otherLength < length) continue
      this.#otherLength = 0
      this.#onOther({
        opcode: (other[0] ?? 0) & 0x0f,
        payload: Buffer.from(other.subarray(2, length)),
      })
      return at
    }
    return at
  }
}

function echoAt(echoes: readonly Buffer[], slot: number): Buffer {
  const echo = echoes[slot]
  if (echo === undefined) throw new RangeError('an echo reader needs at least one message')
  return echo
}
