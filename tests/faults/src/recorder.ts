import type { HandlerSession } from '@wirebeat/core'
import type { Received } from './server-protocol.ts'

/** Writes down the messages of each connection, and answers none. */
export class Recorder {
  readonly #received = new Map<string, string[]>()

  readonly session: HandlerSession<unknown> = {
    open: ({ id }) => {
      this.#received.set(id, [])
    },
    message: ({ id }, message) => {
      this.#received.get(id)?.push(String(message))
    },
  }

  /** All that came, by connection. */
  get received(): readonly Received[] {
    return Array.from(this.#received, ([connection, messages]) => ({ connection, messages }))
  }
}
