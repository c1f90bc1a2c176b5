import type { Subject } from '../definition/parameter.ts'

/** Who is told what becomes of a {@link TestSubject}. */
interface Follower<Item> {
  next(item: Item): void
  end(error: string | undefined): void
}

/** A stream for a test to send to a hub. Pass it to `invoke`, `send` or `stream` in the place of the parameter. */
export class TestSubject<Item> implements Subject<Item> {
  readonly #items: Item[] = []
  #end: { readonly error: string | undefined } | undefined
  #follower: Follower<Item> | undefined

  /** Sends an item, now or once it is passed to a call. */
  next(item: Item): void {
    if (this.#follower === undefined) this.#items.push(item)
    else if (this.#end === undefined) this.#follower.next(item)
  }

  /** Ends the stream. */
  complete(): void {
    this.#finish(undefined)
  }

  /** Ends the stream with an error, whose text the hub's method reads. */
  error(error: unknown): void {
    this.#finish(error instanceof Error ? error.message : String(error))
  }

  /** For the client that sends it. */
  follow(follower: Follower<Item>): void {
    this.#follower = follower
    for (const item of this.#items.splice(0)) follower.next(item)
    if (this.#end !== undefined) follower.end(this.#end.error)
  }

  #finish(error: string | undefined): void {
    if (this.#end !== undefined) return
    this.#end = { error }
    this.#follower?.end(error)
  }
}
