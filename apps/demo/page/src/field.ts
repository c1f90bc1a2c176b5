import { element } from './element.ts'

/** A field of a form, and the line beneath that explains or complains. */
export class Field {
  readonly #input: HTMLInputElement
  readonly #note: HTMLElement
  readonly #hint: string

  constructor(id: string, noteId: string, maxLength: number) {
    this.#input = element(id, HTMLInputElement)
    this.#note = element(noteId, HTMLElement)
    this.#hint = this.#note.textContent
    this.#input.maxLength = maxLength
    this.#input.addEventListener('input', () => this.clearProblem())
  }

  get value(): string {
    return this.#input.value.trim()
  }

  set value(value: string) {
    this.#input.value = value
  }

  set enabled(enabled: boolean) {
    this.#input.disabled = !enabled
  }

  focus(): void {
    this.clearProblem()
    this.#input.focus({ preventScroll: true })
  }

  showProblem(problem: string): void {
    this.#note.textContent = problem
    this.#note.setAttribute('data-bad', '')
    this.#input.setAttribute('aria-invalid', 'true')
    this.#input.focus()
  }

  clearProblem(): void {
    this.#note.textContent = this.#hint
    this.#note.removeAttribute('data-bad')
    this.#input.removeAttribute('aria-invalid')
  }
}
