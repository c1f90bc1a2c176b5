import { EchoReader, type OtherFrame } from '@wirebeat/test-support/wire'
import type { Traffic } from '../protocol.ts'
import type { MessageRing } from './message-ring.ts'
import { RecordReader } from './record-reader.ts'
import { type Failures, Wire } from './wire.ts'

/** One connection on which messages are sent, and each of them is answered. */
export abstract class Exchanger extends Wire {
  readonly #ring: MessageRing
  readonly #reader: EchoReader | RecordReader

  /** @param opened called when the connection is open, or has failed */
  constructor(
    port: number,
    traffic: Traffic,
    ring: MessageRing,
    failures: Failures,
    opened: () => void,
  ) {
    super(port, traffic, traffic.type, {}, failures, opened)
    this.#ring = ring
    const onOther = (frame: OtherFrame): void => this.onOther(frame)
    this.#reader =
      traffic.dialect === 'hub'
        ? new RecordReader(ring.echoes, () => this.welcomed(), onOther)
        : new EchoReader(ring.echoes, onOther)
  }

  /** So many messages more have been answered. */
  protected abstract answered(count: number): void

  /** Sends so many messages, at most as many as the ring has. */
  protected sendNext(count: number): void {
    this.write(this.#ring.take(count))
  }

  protected override read(chunk: Buffer, at: number, end: number): void {
    const complete = this.#reader.read(chunk, at, end)
    if (complete > 0) this.answered(complete)
  }
}
