import type { Endpoint } from '@wirebeat/core'
import { monotonic } from './monotonic.ts'
import type { ServerEvent } from './server-protocol.ts'
import type { Witness } from './witness.ts'

/** What happens at an endpoint, until somebody asks. */
export class EventLog {
  #events: ServerEvent[] = []

  watch(endpoint: Endpoint, witness: Witness): void {
    endpoint.on('open', ({ id, remoteAddress: from }) => {
      this.#events.push({ kind: 'open', id, at: monotonic(), from })
    })
    endpoint.on('refuse', ({ reason }) => {
      this.#events.push({ kind: 'refuse', reason, at: monotonic() })
    })
    endpoint.on('close', (connection, { cause, wasClean }) => {
      const { id, remoteAddress: from } = connection
      const { lastSign } = witness.lifeOf(connection)
      this.#events.push({ kind: 'close', id, at: monotonic(), from, cause, wasClean, lastSign })
    })
  }

  failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    this.#events.push({ kind: 'error', at: monotonic(), message })
  }

  /** All since this was last called. */
  take(): readonly ServerEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }
}
