import type { BorrowingSession, Bytes, CloseEvent, Connection } from '@wirebeat/core'
import { Deferred } from '@wirebeat/core/extension'
import { HubConnection } from './hub-connection.ts'
import type { HubEnvironment } from './hub-environment.ts'

/** The session of a hub: finds the one of each connection. */
export class HubSession implements BorrowingSession {
  readonly memory = 'borrowed'
  readonly #hub: HubEnvironment
  readonly #connections = new Map<Connection, HubConnection>()

  constructor(hub: HubEnvironment) {
    this.#hub = hub
  }

  /**
   * Ends all connections. Resolves when they have ended, and what the application does about that, or at the deadline.
   *
   * @param deadline milliseconds from now
   */
  async closeAll(deadline: number): Promise<void> {
    const left = new Set(this.#connections.values())
    const ends = [...left].map((one) => one.over.then(() => left.delete(one)))
    for (const one of left) one.disconnect({ allowReconnect: true })
    const isLate = new Deferred<void>()
    const cancel = this.#hub.clock.schedule(() => isLate.resolve(), deadline)
    await Promise.race([Promise.all(ends), isLate.promise])
    cancel()
    for (const one of left) one.reportUnfinished(deadline)
  }

  open(connection: Connection): void {
    this.#connections.set(connection, new HubConnection(this.#hub, connection))
  }

  message(connection: Connection, data: string | Bytes): void {
    this.#connections.get(connection)?.received(data)
  }

  drain(connection: Connection): void {
    this.#connections.get(connection)?.drainedNow()
  }

  ping(connection: Connection): void {
    this.#connections.get(connection)?.ping()
  }

  shutdown(connection: Connection): void {
    this.#connections.get(connection)?.shutDown()
  }

  timeout(connection: Connection): void {
    this.#connections.get(connection)?.timedOut()
  }

  close(connection: Connection, event: CloseEvent): void {
    this.#connections.get(connection)?.ended(event)
    this.#connections.delete(connection)
  }
}
