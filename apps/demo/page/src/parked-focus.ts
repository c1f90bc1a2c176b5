/**
 * Keeps the keyboard focus on an element of the page while the button it was on is disabled, and
 * knows whether the person has done anything there since: if so, the focus is theirs to move.
 */
export class ParkedFocus {
  #watch: AbortController | undefined

  get untouched(): boolean {
    return this.#watch !== undefined
  }

  park(place: HTMLElement): void {
    this.release()
    place.focus({ preventScroll: true })
    const watch = new AbortController()
    this.#watch = watch
    for (const type of ['keydown', 'pointerdown', 'input', 'blur']) {
      place.addEventListener(type, () => this.release(), { signal: watch.signal })
    }
  }

  release(): void {
    this.#watch?.abort()
    this.#watch = undefined
  }
}
