import type { Stopwatch } from '@wirebeat/test-support/measure'
import type { Traffic } from '../protocol.ts'
import { Exchanger } from './exchanger.ts'
import type { MessageRing } from './message-ring.ts'
import type { Talker } from './participant.ts'
import type { Failures } from './wire.ts'

/** What all clients share. */
export interface Scoreboard extends Failures {
  messages: number
  readonly stopwatch: Stopwatch
  /** Connections so far, so that they do not all time the same one of their messages. */
  connections: number
}

const SAMPLE_EVERY = 8

/** One connection that keeps a number of messages under way: each answer is followed by the next message. */
export class Client extends Exchanger implements Talker {
  readonly #outstanding: number
  readonly #board: Scoreboard
  #sent = 0
  #received = 0
  /** The number of the message that is being timed, and when it was written. */
  #timedMessage = Number.POSITIVE_INFINITY
  #timedFrom = 0
  #untilSample: number

  constructor(
    port: number,
    traffic: Traffic,
    token: string | undefined,
    ring: MessageRing,
    board: Scoreboard,
    opened: () => void,
  ) {
    super(port, traffic, token, ring, board, opened)
    this.#outstanding = traffic.outstanding
    this.#board = board
    this.#untilSample = board.connections++ % SAMPLE_EVERY
  }

  start(): void {
    this.#send(this.#outstanding)
  }

  protected override answered(count: number): void {
    this.#received += count
    this.#board.messages += count
    if (this.#received >= this.#timedMessage) {
      this.#timedMessage = Number.POSITIVE_INFINITY
      this.#board.stopwatch.record(performance.now() - this.#timedFrom)
    }
    this.#send(count)
  }

  #send(count: number): void {
    this.#sent += count
    if (this.#timedMessage === Number.POSITIVE_INFINITY && this.#untilSample-- === 0) {
      this.#untilSample = SAMPLE_EVERY - 1
      this.#timedMessage = this.#sent
      this.#timedFrom = performance.now()
    }
    this.sendNext(count)
  }
}
