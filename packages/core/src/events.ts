/** Listeners by event name. */
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
    // A function of its own each time: who listens twice is called twice, and stops once for each.
    const own = (...args: Map[Name]): void => listener(...args)
    listeners.add(own)
    return () => {
      listeners.delete(own)
    }
  }

  emit<Name extends keyof Map>(name: Name, ...args: Map[Name]): void {
    // A copy: a listener that stops and listens again would otherwise be called without end.
    for (const listener of [...(this.#listeners[name] ?? [])]) {
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
