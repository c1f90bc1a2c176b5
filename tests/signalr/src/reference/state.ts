/** What is named by a key. All hubs of the process share it. */
export class State {
  readonly #keys = new Map<string, Keyed>()

  get(key: string): Keyed {
    const known = this.#keys.get(key)
    if (known !== undefined) return known
    const keyed = new Keyed()
    this.#keys.set(key, keyed)
    return keyed
  }
}

/** What one key names. */
export class Keyed {
  connected = 0
  disconnected = 0
  lastError: string | null = null
  hasEnded = false
  produced = 0
  overlapping = 0
  mostOverlapping = 0
  readonly recorded: number[] = []
}
