import type { Standstill } from '../src/standstills.ts'

/**
 * How late the machine was in one test: when processes that had something to do were kept from running.
 * What a process does itself for a long time is not the machine's lateness.
 */
export class Lateness {
  readonly #standstills: readonly Standstill[]
  /** Those that follow one right after another taken together. */
  readonly #runs: readonly Standstill[]

  /** @param standstills of the processes on which it depends when something happens */
  constructor(...standstills: readonly (readonly Standstill[])[]) {
    this.#standstills = standstills.flat()
    this.#runs = standstills.flatMap(runsOf)
  }

  /** Milliseconds by which something may be late that was due at one time, and happened at another. */
  within(due: number, at: number): number {
    let sum = 0
    for (const { from, to, withheld } of this.#standstills) {
      const overlap = Math.min(at, to) - Math.max(due, from)
      if (overlap > 0) sum += Math.min(overlap, withheld)
    }
    return Math.min(sum, Math.max(0, at - due))
  }

  /**
   * The same for something that is not done before what was due earlier: one standstill right after another
   * counts from the first on, because what had gathered there has to be done as well.
   */
  withBacklog(due: number, at: number): number {
    const overlapping = this.#runs.filter(({ from, to }) => from < at && to > due)
    const sum = overlapping.reduce((total, { withheld }) => total + withheld, 0)
    return Math.min(sum, Math.max(0, at - due))
  }

  /** Milliseconds that the standstill in which something happened went on. */
  after(at: number): number {
    const present = this.#standstills.filter(({ from, to }) => from < at && to > at)
    return Math.max(0, ...present.map(({ to, withheld }) => Math.min(to - at, withheld)))
  }

  /** Milliseconds of the longest time in which one process was kept from running. */
  longest(from: number, to: number): number {
    const overlapping = this.#standstills.filter((one) => one.from < to && one.to > from)
    return Math.max(0, ...overlapping.map(({ withheld }) => withheld))
  }

  /** Whether a process stood still for longer than that, for whatever reason. */
  hasPause(length: number, from: number, to: number): boolean {
    return this.#standstills.some(
      (one) => one.from < to && one.to > from && one.to - one.from > length,
    )
  }
}

function runsOf(standstills: readonly Standstill[]): readonly Standstill[] {
  const runs: Standstill[] = []
  for (const one of standstills) {
    const last = runs.at(-1)
    if (last === undefined || last.to < one.from) runs.push(one)
    else runs.splice(-1, 1, { ...last, to: one.to, withheld: last.withheld + one.withheld })
  }
  return runs
}
