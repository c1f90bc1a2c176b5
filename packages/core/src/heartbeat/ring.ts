/**
 * A node of a circular doubly linked list. Alone, it is its own neighbour. Connections inherit from it, so
 * its neighbours are private: whoever prints a connection would get all others.
 */
export class RingNode {
  #previous: RingNode = this
  #next: RingNode = this

  get nextInRing(): RingNode {
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

  /** Joins at the end of the ring that begins with `head`. */
  joinRing(head: RingNode): void {
    const last = head.#previous
    this.#previous = last
    this.#next = head
    last.#next = this
    head.#previous = this
  }

  /** Puts all that follow this head behind the last that follow another. */
  emptyRing(into: RingNode): void {
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
