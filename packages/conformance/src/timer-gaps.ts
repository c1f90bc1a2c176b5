/** Milliseconds from tick to tick on a machine that has nothing else to do. */
const INTERVAL = 5

/**
 * How long this process went without coming to a timer, from when this was made until it is stopped. Server
 * and clients of a case share the process, so nothing is later than that because the machine is busy.
 */
export class TimerGaps {
  readonly #ticks: number[] = [performance.now()]
  readonly #timer = setInterval(() => this.#ticks.push(performance.now()), INTERVAL)

  /** The gaps between ticks that touch the time between two moments, in milliseconds. */
  between(from: number, to: number): readonly number[] {
    const ticks = [...this.#ticks, performance.now()]
    return ticks.flatMap((tick, index) => {
      const before = ticks[index - 1] ?? tick
      return tick > from && before < to ? [tick - before] : []
    })
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
