import { show } from '../runtime/show.ts'
import type { CloseEvent } from './close.ts'

/**
 * The connection ended while somebody was reading from it or waiting to send. A session need not catch
 * it: thrown out of the session it is no session error, because the connection is gone.
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
