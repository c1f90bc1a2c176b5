import type { Endpoint } from '@wirebeat/core'
import { monotonic } from './monotonic.ts'
import type { ServerEvent } from './server-protocol.ts'
import type { Witness } from './witness.ts'

/** What happens at an endpoint, until somebody asks. */
export class EventLog {
  readonly #events: ServerEvent[] = []

  watch(endpoint: Endpoint, witness: Witness): void {
    endpoint.on('open', ({ id, remoteAddress: from }) => {
      this.#events.push({ kind: 'open', id, at: monotonic(), from })
    })
    endpoint.on('close', (connection, { cause }) => {
      const { id, remoteAddress: from } = connection
      const { lastSign, number } = witness.take(connection)
      this.#events.push({ kind: 'close', id, at: monotonic(), from, cause, lastSign, number })
    })
  }

  /** All since this was last called. */
  take(): readonly ServerEvent[] {
    return this.#events.splice(0)
  }
}
