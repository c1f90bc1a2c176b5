import type { HandshakeRequest } from '../address/request.ts'
import type { CancellationSignal } from '../runtime/cancellation.ts'
import type { Refusal } from './refusal.ts'

/** Decides about one request, and makes the context that its connection carries. */
export type Authorize<Context> = (
  request: HandshakeRequest,
  options: AuthorizeOptions,
) => Context | Refusal | Promise<Context | Refusal>

/** What an `authorize` that takes its time may want to know. */
export interface AuthorizeOptions {
  /**
   * Aborted when nobody waits for the answer any more: the client has gone away, `handshakeTimeout` has
   * passed, or the endpoint is closing. Hand it on to what can be cancelled, `fetch` for one.
   */
  readonly signal: CancellationSignal
}
