import { unknownName } from './option-error.ts'
import { show } from './show.ts'
import { watchRejection } from './thenable.ts'

/** Listeners by event name. */
export class Events<Table extends Record<keyof Table, readonly unknown[]>> {
  readonly #names: readonly string[]
  readonly #listeners = new Map<keyof Table, Set<(...args: Table[keyof Table]) => void>>()
  readonly #onThrow: (error: unknown, name: keyof Table) => void

  /**
   * @param names the names of all events; the values do not matter
   * @param onThrow called with the error of a listener. The other listeners are still called.
   */
  constructor(
    names: Readonly<Record<keyof Table, unknown>>,
    onThrow: (error: unknown, name: keyof Table) => void,
  ) {
    this.#names = Object.keys(names)
    this.#onThrow = onThrow
  }

  /**
   * Adds a listener and returns the function that removes it.
   *
   * @throws TypeError for an event that there is not, or a listener that is no function.
   */
  on<Name extends keyof Table>(name: Name, listener: (...args: Table[Name]) => void): () => void {
    if (!this.#names.includes(String(name))) {
      throw new TypeError(unknownName('event', String(name), this.#names))
    }
    if (typeof listener !== 'function') {
      throw new TypeError(
        `The listener of ${show(name)} must be a function, got ${show(listener)}.`,
      )
    }
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    // A new function for each call: a listener that is added twice is called twice, and removed one by one.
    // It is called with the arguments of this event only.
    const own = (...args: Table[keyof Table]): void => listener(...(args as Table[Name]))
    listeners.add(own)
    return () => {
      listeners.delete(own)
    }
  }

  emit<Name extends keyof Table>(name: Name, ...args: Table[Name]): void {
    const listeners = this.#listeners.get(name)
    if (listeners === undefined) return
    // A copy, because a listener that removes and adds itself would be called without end.
    for (const listener of [...listeners]) {
      try {
        // The rejection of an async function is an error of the listener too.
        watchRejection(listener(...args), (error) => this.#onThrow(error, name))
      } catch (error) {
        this.#onThrow(error, name)
      }
    }
  }
}
