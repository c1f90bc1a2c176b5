import { count } from './figure.ts'

/** A description list of names and how often each has occurred. Those that never have are behind a fold. */
export class CountList {
  readonly #list = document.createElement('dl')
  readonly #nothing = document.createElement('p')
  readonly #fold = document.createElement('details')
  readonly #summary = document.createElement('summary')
  readonly #zeros = document.createElement('dl')
  readonly #rows = new Map<string, HTMLElement>()

  constructor(place: HTMLElement) {
    this.#list.className = 'counts'
    this.#zeros.className = 'counts'
    this.#nothing.className = 'note'
    this.#nothing.textContent = 'None so far'
    this.#fold.append(this.#summary, this.#zeros)
    place.append(this.#list, this.#nothing, this.#fold)
  }

  /** Rows stay where they are until the first count of another one, so that a reader does not lose the place. */
  show(counts: readonly (readonly [name: string, value: number])[]): void {
    for (const [name, value] of counts) {
      const shown = this.#row(name).lastElementChild
      if (shown !== null) shown.textContent = count(value)
    }
    const rowsOf = (isZero: boolean) =>
      counts.filter(([, value]) => (value === 0) === isZero).map(([name]) => this.#row(name))
    const rows = rowsOf(false)
    const zeros = rowsOf(true)
    const isIn = (list: HTMLElement) => (row: HTMLElement) => row.parentElement === list
    if (rows.every(isIn(this.#list)) && zeros.every(isIn(this.#zeros))) return
    this.#list.replaceChildren(...rows)
    this.#zeros.replaceChildren(...zeros)
    this.#list.hidden = rows.length === 0
    this.#nothing.hidden = rows.length > 0
    this.#fold.hidden = zeros.length === 0
    this.#summary.textContent = `${zeros.length} at 0`
  }

  #row(name: string): HTMLElement {
    const known = this.#rows.get(name)
    if (known !== undefined) return known
    const row = document.createElement('div')
    const term = document.createElement('dt')
    term.textContent = name
    row.append(term, document.createElement('dd'))
    this.#rows.set(name, row)
    return row
  }
}
