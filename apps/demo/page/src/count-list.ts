import { count } from './figure.ts'

/** A description list of names and how often each has occurred. */
export class CountList {
  readonly #list: HTMLElement
  readonly #rows = new Map<string, HTMLElement>()

  constructor(list: HTMLElement) {
    this.#list = list
  }

  /** Rows stay where they are, so that a reader does not lose the place. */
  show(counts: readonly (readonly [name: string, value: number])[]): void {
    for (const [name, value] of counts) {
      const row = this.#rows.get(name) ?? this.#add(name)
      row.toggleAttribute('data-none', value === 0)
      const shown = row.lastElementChild
      if (shown !== null) shown.textContent = count(value)
    }
  }

  #add(name: string): HTMLElement {
    const row = document.createElement('div')
    const term = document.createElement('dt')
    term.textContent = name
    row.append(term, document.createElement('dd'))
    this.#list.append(row)
    this.#rows.set(name, row)
    return row
  }
}
