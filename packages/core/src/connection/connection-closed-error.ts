import { show } from '../runtime/show.ts'
import type { CloseEvent } from './close.ts'

/**
 * The connection ended while a loop session read from it, or while `sendAndWait` waited. A session need
 * not catch it: it is not reported to `onError` when the session throws it.
 */
export class ConnectionClosedError extends Error {
  /** How the connection ended. */
  readonly event: CloseEvent

  constructor(event: CloseEvent) {
    const { cause, code, reason } = event
    const why = reason === '' ? '' : `, reason ${show(reason)}`
    super(`The connection has ended: cause ${cause}, code ${code}${why}.`)
    this.name = 'ConnectionClosedError'
    this.event = event
  }
}
