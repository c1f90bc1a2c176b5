/**
 * A place in a ring of places. Alone, it is its own neighbour. Connections inherit from it, so its neighbours
 * are private, or whoever prints one would get all of them, and its methods have names that nobody takes
 * for the connection's own.
 */
export class Place {
  #previous: Place = this
  #next: Place = this

  get nextInRing(): Place {
    return this.#next
  }

  get isAloneInRing(): boolean {
    return this.#next === this
  }

  leaveRing(): void {
    this.#previous.#next = this.#next
    this.#next.#previous = this.#previous
    this.#previous = this
    this.#next = this
  }

  /** Takes a place at the end of the ring that begins with `head`. */
  joinRing(head: Place): void {
    const last = head.#previous
    this.#previous = last
    this.#next = head
    last.#next = this
    head.#previous = this
  }

  /** Puts all that follow this head behind the last that follow another. */
  emptyRing(into: Place): void {
    if (this.isAloneInRing) return
    const [first, last] = [this.#next, this.#previous]
    this.#previous = this
    this.#next = this
    first.#previous = into.#previous
    into.#previous.#next = first
    last.#next = into
    into.#previous = last
  }
}
