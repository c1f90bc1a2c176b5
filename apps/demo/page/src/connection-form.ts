import { element } from './element.ts'

/** What the button of the form does now. */
export type ConnectionAction = 'connect' | 'retry' | 'none'

/** The URL field with its button, and the line beneath that explains or complains. */
export class ConnectionForm {
  readonly #form = element('connection-form', HTMLFormElement)
  readonly #url = element('url', HTMLInputElement)
  readonly #button = element('connect', HTMLButtonElement)
  readonly #note = element('url-note', HTMLElement)
  readonly #hint = this.#note.textContent

  constructor(url: string, onSubmit: () => void) {
    this.#url.value = url
    this.#url.addEventListener('input', () => this.clearNote())
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      onSubmit()
    })
  }

  get url(): string {
    return this.#url.value
  }

  set action(action: ConnectionAction) {
    this.#url.disabled = action !== 'connect'
    this.#button.disabled = action === 'none'
    const words = action === 'retry' ? 'Retry now' : 'Connect'
    // Only a change is written, because the button may have the focus.
    if (this.#button.textContent.trim() !== words) this.#button.textContent = words
  }

  get focusIsOnButton(): boolean {
    return document.activeElement === this.#button
  }

  focusButton(): void {
    this.#button.focus({ preventScroll: true })
  }

  /** Writes an address into the field that is a little different, and says why. */
  correct(url: string, correction: string): void {
    this.#url.value = url
    this.#note.textContent = correction
  }

  /** Says why there is no connection. Whoever comes to the button is told it again. */
  explain(problem: string): void {
    this.#note.textContent = problem
    this.#note.setAttribute('data-bad', '')
  }

  /** Says what is wrong with the address, and leads there. */
  showProblem(problem: string): void {
    this.explain(problem)
    this.#url.setAttribute('aria-invalid', 'true')
    this.#url.focus()
  }

  clearNote(): void {
    this.#note.textContent = this.#hint
    this.#note.removeAttribute('data-bad')
    this.#url.removeAttribute('aria-invalid')
  }
}
