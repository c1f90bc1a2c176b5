import type { Deferred } from '../runtime/deferred.ts'
import type { CloseEvent } from './close.ts'
import type { Connection } from './connection.ts'
import type { ConnectionObserver } from './observer.ts'

/** An observer, and those who were there before it. An array of them would take twice the memory. */
class Observation {
  readonly observer: ConnectionObserver
  readonly next: Observation | undefined

  constructor(observer: ConnectionObserver, next: Observation | undefined) {
    this.observer = observer
    this.next = next
  }
}

/** Who waits for something of a connection. Made when somebody does. */
export class Waits {
  /** Settled when the network has taken everything that was sent. */
  sender: Deferred<'sent'> | undefined = undefined
  closed: Deferred<CloseEvent> | undefined = undefined
  #observations: Observation | undefined = undefined

  /** Adds an observer, unless it is there. */
  observe(observer: ConnectionObserver): void {
    let one = this.#observations
    while (one !== undefined && one.observer !== observer) one = one.next
    if (one === undefined) this.#observations = new Observation(observer, this.#observations)
  }

  tellDrained(connection: Connection): void {
    for (let one = this.#observations; one !== undefined; one = one.next) {
      one.observer.drained(connection)
    }
  }

  tellEnded(connection: Connection): void {
    for (let one = this.#observations; one !== undefined; one = one.next) {
      one.observer.ended(connection)
    }
  }
}
