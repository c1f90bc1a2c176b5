import type { Clock } from '@wirebeat/core'
import { MAX_TIMER } from '@wirebeat/core/extension'

/**
 * Calls back at a moment of the calendar, however far it is. At once for one that has passed.
 *
 * @returns a function that cancels the call.
 */
export function callAt(moment: Date | number, clock: Clock, callback: () => void): () => void {
  let cancel: () => void
  const wait = (left: number): void => {
    const part = Math.min(Math.max(left, 0), MAX_TIMER)
    cancel = clock.schedule(() => {
      if (left > part) wait(left - part)
      else callback()
    }, part)
  }
  wait(Number(moment) - Date.now())
  return () => cancel()
}
