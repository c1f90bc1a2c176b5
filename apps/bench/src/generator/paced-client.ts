import type { Traffic } from '../protocol.ts'
import { Exchanger } from './exchanger.ts'
import type { MessageRing } from './message-ring.ts'
import type { Sender } from './schedule.ts'
import type { Failures } from './wire.ts'

/** One connection that sends when a message is due. */
export class PacedClient extends Exchanger implements Sender {
  readonly #onAnswer: (due: number) => void
  /** When those messages were due that are not answered yet. */
  readonly #due: number[] = []

  /** @param onAnswer called for each message that is answered, with when it was due */
  constructor(
    port: number,
    traffic: Traffic,
    token: string | undefined,
    ring: MessageRing,
    failures: Failures,
    onAnswer: (due: number) => void,
    opened: () => void,
  ) {
    super(port, traffic, token, ring, failures, opened)
    this.#onAnswer = onAnswer
  }

  send(due: number): void {
    this.#due.push(due)
    this.sendNext(1)
  }

  protected override answered(count: number): void {
    for (const due of this.#due.splice(0, count)) this.#onAnswer(due)
  }
}
