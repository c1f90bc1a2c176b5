import type { Loss } from './status.ts'

/** The close codes after which another attempt can help. */
const TRANSIENT: readonly number[] = [1001, 1005, 1006, 1011, 1012, 1013, 1014]

/**
 * The default for the option `shouldRetry`: whether to connect again, by close code (RFC 6455,
 * section 7.4.1, and the IANA registry of close codes). It does so after 1001, 1005, 1006, 1011, 1012,
 * 1013 and 1014; the README says why. After any other code the socket ends.
 */
export function shouldRetry({ code }: Pick<Loss, 'code'>): boolean {
  return TRANSIENT.includes(code)
}

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
