import type { Connection } from '@wirebeat/core'

/** Numbers the connections from 1, in the order in which they are first asked about: for a person to read. */
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
