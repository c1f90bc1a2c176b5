import { EchoReader, type OtherFrame } from '@wirebeat/test-support/wire'
import { exchangeOf, hubArrived, isHub } from '../dialect.ts'
import type { Audience } from '../protocol.ts'
import type { Arrivals } from './arrivals.ts'
import { OFFER } from './compression.ts'
import { FrameCounter } from './frame-counter.ts'
import { RecordReader } from './record-reader.ts'
import { type Failures, Wire } from './wire.ts'

const MASK = 0x1c0ffee5

/** One connection that listens to a broadcast. */
export class Listener extends Wire {
  readonly #reader: { read(chunk: Buffer, at: number, end: number): number }
  readonly #arrivals: Arrivals
  readonly #audience: Audience
  #received = 0

  /**
   * @param token of a connection that was negotiated
   * @param expected the frames of the messages, which follow one another over and over
   * @param opened called when the connection is open, or has failed
   */
  constructor(
    port: number,
    audience: Audience,
    token: string | undefined,
    expected: readonly Buffer[],
    arrivals: Arrivals,
    failures: Failures,
    opened: () => void,
  ) {
    super(port, audience, token, 'text', audience.compression ? OFFER : {}, failures, opened)
    const onOther = (frame: OtherFrame): void => this.onOther(frame)
    if (isHub(audience.dialect)) {
      this.#reader = new RecordReader(expected, () => this.welcomed(), onOther)
    } else if (audience.compression) this.#reader = new FrameCounter(onOther)
    else this.#reader = new EchoReader(expected, onOther)
    this.#arrivals = arrivals
    this.#audience = audience
  }

  /** Reads nothing any more. */
  becomeDeaf(): void {
    this.stopReading()
  }

  /** Tells the server that the latest message has come to all. */
  answer(): void {
    const { dialect } = this.#audience
    if (isHub(dialect)) this.write(hubArrived(MASK))
    else this.write(exchangeOf(dialect, 'text', Buffer.from('all'), MASK).request)
  }

  protected override read(chunk: Buffer, at: number, end: number): void {
    const complete = this.#reader.read(chunk, at, end)
    if (complete === 0) return
    this.#arrivals.add(this.#received, complete)
    this.#received += complete
  }
}
