import type { Connection } from '@wirebeat/core'

/** Numbers the connections from 1 for people, in the order of the first call for each. */
export class ConnectionNumbers {
  readonly #numbers = new WeakMap<Connection, number>()
  #latest = 0

  of(connection: Connection): number {
    const known = this.#numbers.get(connection)
    if (known !== undefined) return known
    this.#numbers.set(connection, ++this.#latest)
    return this.#latest
  }
}
