import { setTimeout as delay } from 'node:timers/promises'
import { monotonic } from '../src/monotonic.ts'

/** Milliseconds between two looks. */
const LOOK_EVERY = 50

/**
 * Looks again and again, until there is something to be found.
 *
 * @param bound milliseconds after which it is given up
 * @param look what it has found, or `false`
 */
export async function eventually<Found>(
  what: string,
  bound: number,
  look: () => Promise<Found | false>,
): Promise<Found> {
  const until = monotonic() + bound
  for (;;) {
    const found = await look()
    if (found !== false) return found
    if (monotonic() > until) throw new Error(`after ${bound} ms still waiting for ${what}`)
    await delay(LOOK_EVERY)
  }
}
