import { expect, TestRunner } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** The bounds that were held only with the lateness of the machine, in words. */
    scaled?: string[]
  }
}

/** Something that was measured in real time. */
export interface Measured {
  readonly value: number
  /** By how much it may be more than the bound: what the same test has measured of the machine's lateness. */
  readonly lateness: number
}

/** Holds a bound in real time. Where the machine was late it says so, at the end of the run too. */
export function holdWithin(what: string, bound: number, measured: readonly Measured[]): void {
  let worst: Measured = { value: Number.NEGATIVE_INFINITY, lateness: 0 }
  for (const one of measured) {
    if (one.value - one.lateness > worst.value - worst.lateness) worst = one
  }
  const late = `${worst.lateness.toFixed(0)} ms of lateness of the machine`
  expect(worst.value, `${what}, with ${late}`).toBeLessThanOrEqual(bound + worst.lateness)
  const over = measured.filter(({ value }) => value > bound)
  if (over.length === 0) return
  const most = over.reduce((a, b) => (a.value > b.value ? a : b))
  noteScaled(
    `${what}: ${most.value.toFixed(0)}, more than the ${bound.toFixed(0)} allowed, by ` +
      `${(most.value - bound).toFixed(0)}, of which ${most.lateness.toFixed(0)} are the machine's lateness`,
  )
}

/** Has the end of the run say that the present test needed the lateness of the machine. */
export function noteScaled(how: string): void {
  const meta = TestRunner.getCurrentTest()?.meta
  if (meta === undefined) throw new Error('There is no test to note this of')
  meta.scaled = [...(meta.scaled ?? []), how]
}
