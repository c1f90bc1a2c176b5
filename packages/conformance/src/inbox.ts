import { Condition } from './condition.ts'

/** Things that happened, in order, each to be waited for. */
export class Inbox<T> {
  readonly #what: string
  readonly #changed = new Condition()
  readonly #all: T[] = []
  #taken = 0

  /** @param what names one of them in messages of errors, such as `a refusal`. */
  constructor(what: string) {
    this.#what = what
  }

  /** All of them so far, taken or not. */
  get all(): readonly T[] {
    return this.#all
  }

  /** Those that nobody has taken. */
  get untaken(): readonly T[] {
    return this.#all.slice(this.#taken)
  }

  push(item: T): void {
    this.#all.push(item)
    this.#changed.notify()
  }

  /** Takes the next one, and waits for it where it has not happened yet. */
  async next(bound?: number): Promise<T> {
    const index = this.#taken++
    const found = await this.#changed.until(
      () => (index < this.#all.length ? this.#all.slice(index, index + 1) : undefined),
      () => `${this.#what}; there were ${this.#all.length}`,
      bound,
    )
    const [item] = found
    // The slice holds exactly one item, which may itself be undefined, as a rejection's reason may.
    return item as T
  }

  /** Waits until there were `count` in all. */
  async reach(count: number): Promise<void> {
    await this.#changed.until(
      () => this.#all.length >= count || undefined,
      () => `${this.#what} number ${count}; there were ${this.#all.length}`,
    )
  }
}
