/** Hands things over at once, or, while it is shut, keeps them in order until it is opened. */
export class Valve<Thing> {
  readonly #handOver: (thing: Thing) => void
  /** `undefined` while things are handed over at once. */
  #waiting: Thing[] | undefined
  #isShut = false

  constructor(handOver: (thing: Thing) => void) {
    this.#handOver = handOver
  }

  put(thing: Thing): void {
    if (this.#waiting === undefined) this.#handOver(thing)
    else this.#waiting.push(thing)
  }

  shut(): void {
    this.#isShut = true
    this.#waiting ??= []
  }

  /** One by one, so that what a thing brings about comes behind those that waited, and may shut it again. */
  open(): void {
    this.#isShut = false
    while (!this.#isShut && this.#waiting !== undefined) {
      const thing = this.#waiting.shift()
      if (thing === undefined) this.#waiting = undefined
      else this.#handOver(thing)
    }
  }
}
