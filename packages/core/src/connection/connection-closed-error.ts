import type { CloseEvent } from './close.ts'

/**
 * The connection ended while somebody was reading from it or waiting to send. A session need not catch
 * it: thrown out of the session it is no session error, because the connection is gone.
 */
export class ConnectionClosedError extends Error {
  /** How the connection ended. */
  readonly event: CloseEvent

  constructor(event: CloseEvent) {
    super(`connection closed: ${event.cause} (${event.code}${event.reason && ` ${event.reason}`})`)
    this.name = 'ConnectionClosedError'
    this.event = event
  }
}
