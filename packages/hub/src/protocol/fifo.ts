interface Link<T> {
  readonly item: T
  next: Link<T> | undefined
}

/** First in, first out. `shift` of a long array moves all of it. */
export class Fifo<T> {
  #first: Link<T> | undefined
  #last: Link<T> | undefined

  push(item: T): void {
    const link = { item, next: undefined }
    if (this.#last === undefined) this.#first = link
    else this.#last.next = link
    this.#last = link
  }

  shift(): T | undefined {
    const link = this.#first
    this.#first = link?.next
    if (this.#first === undefined) this.#last = undefined
    return link?.item
  }
}
