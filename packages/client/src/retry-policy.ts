import type { Loss } from './status.ts'

/** The close codes after which another attempt can help. */
const TRANSIENT: readonly number[] = [1001, 1005, 1006, 1011, 1012, 1013, 1014]

/**
 * The default for the option `shouldRetry`: whether to connect again, by close code (RFC 6455,
 * section 7.4.1, and the IANA registry of close codes). Whatever is not listed ends the socket.
 *
 * | code | retried | why |
 * | --- | --- | --- |
 * | 1000 | no | the session is over |
 * | 1001 | yes | the server shuts down, another one will take its place |
 * | 1002, 1003, 1007, 1009, 1010 | no | what was sent or asked for would be refused again |
 * | 1005 | yes | the close frame says nothing |
 * | 1006 | yes | no close frame: network, heartbeat, connect timeout, URL; also a refused handshake |
 * | 1008 | no | the server's policy |
 * | 1011 | yes | an error in the server |
 * | 1012, 1013, 1014 | yes | restart, overload, bad gateway |
 * | 1015 and the reserved ones | no | a certificate gets no better by asking again |
 * | 3000 to 4999 | no | for the application to say |
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
