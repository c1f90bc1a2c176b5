import type { Stopwatch } from '@wirebeat/test-support/measure'
import { EchoReader, type OtherFrame } from '@wirebeat/test-support/wire'
import type { Traffic } from '../protocol.ts'
import type { MessageRing } from './message-ring.ts'
import { RecordReader } from './record-reader.ts'
import { type Failures, Wire } from './wire.ts'

/** What all clients share. */
export interface Scoreboard extends Failures {
  messages: number
  readonly stopwatch: Stopwatch
  /** Connections so far, so that they do not all time the same one of their messages. */
  connections: number
}

const SAMPLE_EVERY = 8

/** One connection that keeps a number of messages under way. */
export class Client extends Wire {
  readonly #traffic: Traffic
  readonly #ring: MessageRing
  readonly #board: Scoreboard
  readonly #reader: EchoReader | RecordReader
  #sent = 0
  #received = 0
  /** The number of the message that is being timed, and when it was written. */
  #timedMessage = Number.POSITIVE_INFINITY
  #timedFrom = 0
  #untilSample: number

  private constructor(
    port: number,
    traffic: Traffic,
    ring: MessageRing,
    board: Scoreboard,
    opened: () => void,
  ) {
    super(port, traffic, traffic.type, {}, board, opened)
    this.#traffic = traffic
    this.#ring = ring
    this.#board = board
    this.#untilSample = board.connections++ % SAMPLE_EVERY
    const onOther = (frame: OtherFrame): void => this.onOther(frame)
    this.#reader =
      traffic.dialect === 'hub'
        ? new RecordReader(ring.echoes, () => this.welcomed(), onOther)
        : new EchoReader(ring.echoes, onOther)
  }

  /** Resolves once the connection is open. */
  static open(
    port: number,
    traffic: Traffic,
    ring: MessageRing,
    board: Scoreboard,
  ): Promise<Client> {
    return new Promise((resolve) => {
      const client: Client = new Client(port, traffic, ring, board, () => resolve(client))
    })
  }

  /** Starts to exchange messages. */
  start(): void {
    this.#send(this.#traffic.outstanding)
  }

  protected override read(chunk: Buffer, at: number, end: number): void {
    const complete = this.#reader.read(chunk, at, end)
    if (complete > 0) this.#onEchoes(complete)
  }

  #send(count: number): void {
    this.#sent += count
    if (this.#timedMessage === Number.POSITIVE_INFINITY && this.#untilSample-- === 0) {
      this.#untilSample = SAMPLE_EVERY - 1
      this.#timedMessage = this.#sent
      this.#timedFrom = performance.now()
    }
    this.write(this.#ring.take(count))
  }

  #onEchoes(count: number): void {
    this.#received += count
    this.#board.messages += count
    if (this.#received >= this.#timedMessage) {
      this.#timedMessage = Number.POSITIVE_INFINITY
      this.#board.stopwatch.record(performance.now() - this.#timedFrom)
    }
    this.#send(count)
  }
}
