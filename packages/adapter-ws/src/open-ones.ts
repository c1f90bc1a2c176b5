import type { EventEmitter } from 'node:events'

/** What a server tells of by an event, as long as it is open. */
export class OpenOnes<Opened extends EventEmitter> {
  readonly #all = new Set<Opened>()
  /** One function for all, because `once` and a closure take some 300 bytes of each connection. */
  readonly #closed: (this: Opened) => void

  constructor(server: EventEmitter, event: string) {
    const all = this.#all
    this.#closed = function () {
      all.delete(this)
    }
    server.on(event, (one: Opened) => {
      // The server is told of a connection again when a request on it is read again.
      if (all.has(one)) return
      all.add(one)
      one.on('close', this.#closed)
    })
  }

  get all(): ReadonlySet<Opened> {
    return this.#all
  }

  /** Takes one out that is still open. */
  forget(one: Opened): void {
    one.off('close', this.#closed)
    this.#all.delete(one)
  }
}
