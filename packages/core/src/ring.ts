/**
 * A place in a ring of places. Alone, it is its own neighbour. Its neighbours are private, so that whoever
 * prints something that has a place does not get all of the ring.
 */
export class Place {
  #previous: Place = this
  #next: Place = this

  get next(): Place {
    return this.#next
  }

  get isAlone(): boolean {
    return this.#next === this
  }

  leave(): void {
    this.#previous.#next = this.#next
    this.#next.#previous = this.#previous
    this.#previous = this
    this.#next = this
  }

  /** Takes a place at the end of the ring that begins with `head`. */
  join(head: Place): void {
    const last = head.#previous
    this.#previous = last
    this.#next = head
    last.#next = this
    head.#previous = this
  }

  /** Puts all that follow this head behind the last that follow another. */
  empty(into: Place): void {
    if (this.isAlone) return
    const [first, last] = [this.#next, this.#previous]
    this.#previous = this
    this.#next = this
    first.#previous = into.#previous
    into.#previous.#next = first
    last.#next = into
    into.#previous = last
  }
}
