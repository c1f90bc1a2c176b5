import { EchoReader, type OtherFrame } from '@wirebeat/test-support/wire'
import { hubAcknowledgement, isHub } from '../dialect.ts'
import type { Traffic } from '../protocol.ts'
import { OFFER } from './compression.ts'
import { FrameCounter } from './frame-counter.ts'
import type { MessageRing } from './message-ring.ts'
import { RecordReader } from './record-reader.ts'
import { type Failures, Wire } from './wire.ts'

const MASK = 0x2b5f01d7
/** How long a hub with stateful reconnect waits to be told what has come, in milliseconds. */
const ACKNOWLEDGE_WITHIN = 1_000

/** One connection on which messages are sent, and each of them is answered. */
export abstract class Exchanger extends Wire {
  readonly #ring: MessageRing
  readonly #reader: EchoReader | FrameCounter | RecordReader
  readonly #traffic: Traffic
  #received = 0
  #acknowledging: NodeJS.Timeout | undefined

  /**
   * @param token of a connection that was negotiated
   * @param opened called when the connection is open, or has failed
   */
  constructor(
    port: number,
    traffic: Traffic,
    token: string | undefined,
    ring: MessageRing,
    failures: Failures,
    opened: () => void,
  ) {
    super(port, traffic, token, traffic.type, traffic.compression ? OFFER : {}, failures, opened)
    this.#ring = ring
    this.#traffic = traffic
    const onOther = (frame: OtherFrame): void => this.onOther(frame)
    if (isHub(traffic.dialect)) {
      this.#reader = new RecordReader(ring.echoes, () => this.welcomed(), onOther)
    } else if (traffic.compression) this.#reader = new FrameCounter(onOther)
    else this.#reader = new EchoReader(ring.echoes, onOther)
  }

  /** So many messages more have been answered. */
  protected abstract answered(count: number): void

  /** Sends so many messages, at most as many as the ring has. */
  protected sendNext(count: number): void {
    this.write(this.#ring.take(count))
  }

  protected override read(chunk: Buffer, at: number, end: number): void {
    const complete = this.#reader.read(chunk, at, end)
    if (complete === 0) return
    if (this.#traffic.dialect === 'hub, stateful') this.#acknowledgeSoon(complete)
    this.answered(complete)
  }

  override end(): Promise<void> {
    clearTimeout(this.#acknowledging)
    return super.end()
  }

  #acknowledgeSoon(count: number): void {
    this.#received += count
    this.#acknowledging ??= setTimeout(() => {
      this.#acknowledging = undefined
      if (this.isOpen) this.write(hubAcknowledgement(this.#traffic.type, this.#received, MASK))
    }, ACKNOWLEDGE_WITHIN)
  }
}
