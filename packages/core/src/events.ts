/** Listeners by event name. Emitting to nobody costs one look-up. */
export class Events<Map extends Record<keyof Map, readonly unknown[]>> {
  readonly #listeners: { [Name in keyof Map]?: Set<(...args: Map[Name]) => void> } = {}
  readonly #onThrow: (error: unknown, name: keyof Map) => void

  /** @param onThrow told of what a listener throws; the other listeners are still called. */
  constructor(onThrow: (error: unknown, name: keyof Map) => void) {
    this.#onThrow = onThrow
  }

  /** Adds a listener and returns the function that removes it. */
  on<Name extends keyof Map>(name: Name, listener: (...args: Map[Name]) => void): () => void {
    if (typeof listener !== 'function') {
      throw new TypeError(`a listener must be a function, got ${typeof listener}`)
    }
    const listeners = this.#listeners[name] ?? new Set()
    this.#listeners[name] = listeners
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }

  /** Whether anybody has ever listened, for those whom the arguments would cost something. */
  has(name: keyof Map): boolean {
    return this.#listeners[name] !== undefined
  }

  emit<Name extends keyof Map>(name: Name, ...args: Map[Name]): void {
    const listeners = this.#listeners[name]
    if (listeners === undefined) return
    for (const listener of listeners) {
      try {
        const result: unknown = listener(...args)
        // An async function, whose rejection would otherwise be nobody's.
        if (result instanceof Promise) result.catch((error) => this.#onThrow(error, name))
      } catch (error) {
        this.#onThrow(error, name)
      }
    }
  }
}
