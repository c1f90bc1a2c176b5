/**
 * Milliseconds until the next attempt: exponential backoff with full jitter, evenly spread over
 * 0 to min(`cap`, `base` × 2^`failures`). Clients that one restart of the server has cut off together
 * do not come back together.
 *
 * @param failures how many retries there were in a row before this one
 */
export function backoffDelay(failures: number, base: number, cap: number): number {
  return Math.random() * Math.min(cap, base * 2 ** failures)
}
