import { element } from './element.ts'
import { count, quantity } from './figure.ts'
import { parseHex } from './hex.ts'

/** What can be done with the connection now. The fields themselves stay open for a draft. */
export interface MessageActions {
  send: boolean
  close: boolean
}

const KINDS = ['text', 'binary', 'file', 'burst'] as const
type Kind = (typeof KINDS)[number]

const HINTS: Readonly<Record<Kind, string>> = {
  text: 'Enter sends.',
  binary: 'Bytes in hex, such as 48 65 6c 6c 6f.',
  file: 'Sent as one binary message.',
  burst: 'So many messages at once, each with its number behind it.',
}

const MOST_AT_ONCE = 10_000
/** Bytes. A page that reads more than that into its memory is no pleasure. */
const LARGEST_FILE = 64 * 2 ** 20

/** The message, of one kind or another, with its Send and Close Socket buttons. */
export class MessageForm {
  readonly #form = element('message-form', HTMLFormElement)
  readonly #fields: Readonly<Record<Kind, HTMLInputElement>> = {
    text: element('message', HTMLInputElement),
    binary: element('hex', HTMLInputElement),
    file: element('file', HTMLInputElement),
    burst: element('burst-text', HTMLInputElement),
  }
  readonly #count = element('burst-count', HTMLInputElement)
  readonly #note = element('message-note', HTMLElement)
  readonly #send = element('send', HTMLButtonElement)
  readonly #close = element('close', HTMLButtonElement)
  #kind: Kind = 'text'
  #invalid: HTMLInputElement | undefined

  constructor(onSend: (messages: readonly (string | ArrayBuffer)[]) => void, onClose: () => void) {
    for (const kind of KINDS) {
      const choice = element(`kind-${kind}`, HTMLInputElement)
      choice.addEventListener('change', () => this.#choose(kind))
      // A browser keeps the choice over a reload.
      if (choice.checked) this.#choose(kind)
    }
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#read().then((messages) => {
        if (messages !== undefined) onSend(messages)
      })
    })
    this.#form.addEventListener('input', () => this.#clearProblem())
    // The Enter that connected is often still held down when the focus arrives here.
    this.#form.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.repeat) event.preventDefault()
    })
    this.#close.addEventListener('click', onClose)
  }

  /** The field of the chosen kind. */
  get field(): HTMLInputElement {
    return this.#fields[this.#kind]
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
    if (this.#kind !== 'file') this.field.select()
  }

  showProblem(problem: string, field = this.field): void {
    this.#invalid = field
    this.#note.textContent = problem
    field.setAttribute('aria-invalid', 'true')
    field.focus()
  }

  #clearProblem(): void {
    this.#invalid?.removeAttribute('aria-invalid')
    this.#invalid = undefined
    this.#note.textContent = HINTS[this.#kind]
  }

  #choose(kind: Kind): void {
    this.#kind = kind
    for (const other of KINDS) element(`field-${other}`, HTMLElement).hidden = other !== kind
    this.#clearProblem()
  }

  /** The messages as the form stands; `undefined` when something is wrong with it. */
  async #read(): Promise<readonly (string | ArrayBuffer)[] | undefined> {
    const { value } = this.field
    switch (this.#kind) {
      case 'text':
        return [value]
      case 'binary': {
        const parsed = parseHex(value)
        if (parsed.ok) return [parsed.bytes.buffer]
        this.showProblem(parsed.problem)
        return undefined
      }
      case 'file':
        return this.#readFile()
      case 'burst': {
        const length = Number(this.#count.value)
        if (Number.isInteger(length) && length >= 1 && length <= MOST_AT_ONCE) {
          return Array.from({ length }, (_, i) => `${value} ${i + 1}`.trim())
        }
        this.showProblem(`From 1 to ${count(MOST_AT_ONCE)} messages`, this.#count)
        return undefined
      }
    }
  }

  async #readFile(): Promise<readonly ArrayBuffer[] | undefined> {
    const file = this.field.files?.[0]
    if (file === undefined) {
      this.showProblem('Choose a file first')
    } else if (file.size > LARGEST_FILE) {
      this.showProblem(
        `At most ${quantity(LARGEST_FILE, 'byte')}: this file has ${quantity(file.size, 'byte')}`,
      )
    } else {
      try {
        return [await file.arrayBuffer()]
      } catch {
        this.showProblem('The browser cannot read this file any more')
      }
    }
    return undefined
  }
}
