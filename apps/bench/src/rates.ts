import { type Contestant, controlOf } from './contestant.ts'
import { mostOf, type PacedLoad } from './load.ts'
import { measure, type Times } from './measure.ts'
import type { Metrics } from './measurement.ts'
import type { Programs } from './programs.ts'

/** How much of what the bare library can answer is asked for. */
const SHARE = 0.5

/** Measures at a rate, the same one for all contestants on an engine. */
export class Rates {
  readonly #programs: Programs
  readonly #times: Times
  /** What the bare libraries have answered in this round, in messages per second. */
  readonly #most = new Map<string, number>()

  constructor(programs: Programs, times: Times) {
    this.#programs = programs
    this.#times = times
  }

  async measure(contestant: Contestant, load: PacedLoad, round: number): Promise<Metrics> {
    const control = controlOf(contestant)
    const key = [control.name, load.id, round].join()
    const most = this.#most.get(key) ?? (await this.#measureMost(control, load))
    this.#most.set(key, most)
    return measure(this.#programs, contestant, { ...load, perSecond: most * SHARE }, this.#times)
  }

  async #measureMost(control: Contestant, load: PacedLoad): Promise<number> {
    const { rate = 0 } = await measure(this.#programs, control, mostOf(load), this.#times)
    return rate
  }
}
