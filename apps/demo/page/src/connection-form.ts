import { element } from './element.ts'

/** The URL field with its Connect button, and the line beneath that explains or complains. */
export class ConnectionForm {
  readonly #form = element('connection-form', HTMLFormElement)
  readonly #url = element('url', HTMLInputElement)
  readonly #connect = element('connect', HTMLButtonElement)
  readonly #note = element('url-note', HTMLElement)
  readonly #hint = this.#note.textContent

  constructor(url: string, onConnect: (url: string) => void) {
    this.#url.value = url
    this.#url.addEventListener('input', () => this.clearProblem())
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      onConnect(this.#url.value)
    })
  }

  set enabled(enabled: boolean) {
    this.#url.disabled = !enabled
    this.#connect.disabled = !enabled
  }

  focusConnect(): void {
    this.#connect.focus({ preventScroll: true })
  }

  showProblem(problem: string): void {
    this.#note.textContent = problem
    this.#url.setAttribute('aria-invalid', 'true')
    this.#url.focus()
  }

  clearProblem(): void {
    this.#note.textContent = this.#hint
    this.#url.removeAttribute('aria-invalid')
  }
}
