/**
 * A node of a circular doubly linked list. A node alone is its own neighbour. Connections inherit from it.
 * The neighbours are private, because printing one connection would print all others.
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

  /** Moves all nodes after this head to the end of the ring of another head. */
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
