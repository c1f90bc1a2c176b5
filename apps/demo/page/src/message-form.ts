import { element } from './element.ts'

/** What can be done with the connection now. The field itself stays open for a draft. */
export interface MessageActions {
  send: boolean
  close: boolean
}

/** The message field with its Send and Close Socket buttons. */
export class MessageForm {
  readonly field = element('message', HTMLInputElement)
  readonly #form = element('message-form', HTMLFormElement)
  readonly #send = element('send', HTMLButtonElement)
  readonly #close = element('close', HTMLButtonElement)

  constructor(onSend: (message: string) => void, onClose: () => void) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      onSend(this.field.value)
    })
    // The Enter that connected is often still held down when the focus arrives here.
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.repeat) event.preventDefault()
    })
    this.#close.addEventListener('click', onClose)
  }

  set enabled(actions: MessageActions) {
    this.#send.disabled = !actions.send
    this.#close.disabled = !actions.close
  }

  get focusIsOnButton(): boolean {
    return document.activeElement === this.#send || document.activeElement === this.#close
  }

  /** Leaves the text selected, to be typed over or sent again. */
  selectText(): void {
    this.field.focus()
    this.field.select()
  }
}
