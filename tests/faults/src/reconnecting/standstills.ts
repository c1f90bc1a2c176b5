import { monotonic } from '../monotonic.ts'
import type { Standstill } from './protocol.ts'

/** Milliseconds. */
const LOOK_EVERY = 10
const WORTH_NOTING = 50

/** When the process had no turn, and so none of its timers came in time. */
export class Standstills {
  readonly all: Standstill[] = []
  #lookedAt = monotonic()

  constructor() {
    setInterval(() => this.#look(), LOOK_EVERY).unref()
  }

  #look(): void {
    const from = this.#lookedAt
    const to = monotonic()
    this.#lookedAt = to
    if (to - from > LOOK_EVERY + WORTH_NOTING) this.all.push({ from, to })
  }
}
