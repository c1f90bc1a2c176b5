import type { Announcer } from './announcer.ts'
import { element } from './element.ts'
import { count, quantity } from './figure.ts'
import { parseHex } from './hex.ts'
import type { Message } from './message-size.ts'

/** What can be done with the connection now. The fields themselves stay open for a draft. */
export interface MessageActions {
  readonly send: boolean
  readonly close: boolean
  /** What Enter does: it sends, it connects first, or it sends when the connection is there. */
  readonly enter: 'sends' | 'connects' | 'waits'
}

/** What the form asks of the page. */
export interface MessageListener {
  /** @param isSure whether the person was asked again, and still wants it */
  send(messages: readonly Message[], isSure: boolean): void
  close(): void
}

const KINDS = ['text', 'binary', 'file', 'burst'] as const
type Kind = (typeof KINDS)[number]

/** What the kinds are called, and what is to be known of each. */
const WORDS: Readonly<Record<Kind, { readonly label: string; readonly hint: string }>> = {
  text: { label: 'Message', hint: 'Enter sends. Shift+Enter: new line.' },
  binary: { label: 'Message in hex', hint: 'Enter sends these bytes.' },
  file: { label: 'File', hint: 'Sent as one binary message.' },
  burst: { label: 'Message', hint: 'Enter sends. Each has its number.' },
}

const MOST_AT_ONCE = 10_000
/** Bytes. A page that reads more than that into its memory is no pleasure. */
const LARGEST_FILE = 64 * 2 ** 20

/** What Enter does without a connection. */
const ENTER = {
  connects: 'Enter connects and sends.',
  waits: 'Enter sends once connected.',
} as const

/** Lines of a field before it scrolls. */
const MOST_LINES = 7

/** The message, of one kind or another, with its Send and Close Socket buttons. */
export class MessageForm {
  readonly #form = element('message-form', HTMLFormElement)
  readonly #label = element('message-label', HTMLLabelElement)
  readonly #fields = {
    text: element('message', HTMLTextAreaElement),
    binary: element('hex', HTMLTextAreaElement),
    file: element('file', HTMLInputElement),
    burst: element('burst-text', HTMLTextAreaElement),
  } as const
  readonly #times = element('burst-times', HTMLElement)
  readonly #count = element('burst-count', HTMLInputElement)
  readonly #note = element('message-note', HTMLElement)
  readonly #send = element('send', HTMLButtonElement)
  readonly #close = element('close', HTMLButtonElement)
  readonly #announcer: Announcer
  #kind: Kind = 'text'
  #enter: MessageActions['enter'] = 'connects'
  #invalid: HTMLElement | undefined
  /** Something else than the hint stands in the note. */
  #hasWords = false
  #isAsking = false

  constructor(listener: MessageListener, announcer: Announcer) {
    this.#announcer = announcer
    for (const kind of KINDS) {
      const choice = element(`kind-${kind}`, HTMLInputElement)
      choice.addEventListener('change', () => this.#choose(kind))
      // A browser keeps the choice over a reload.
      if (choice.checked) this.#choose(kind)
      const field = this.#fields[kind]
      if (field instanceof HTMLTextAreaElement) this.#actAsLine(field)
    }
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      const isSure = this.#isAsking
      this.#read().then((messages) => {
        if (messages !== undefined) listener.send(messages, isSure)
      })
    })
    this.#form.addEventListener('input', () => this.clearWords())
    this.#close.addEventListener('click', () => listener.close())
  }

  /** The field of the chosen kind. */
  get field(): HTMLTextAreaElement | HTMLInputElement {
    return this.#fields[this.#kind]
  }

  set enabled({ send, close, enter }: MessageActions) {
    this.#send.disabled = !send
    this.#close.disabled = !close
    this.#enter = enter
    if (!this.#hasWords) this.#showHint()
  }

  get focusIsOnButton(): boolean {
    return document.activeElement === this.#send || document.activeElement === this.#close
  }

  /** Leaves the text selected, to be typed over or sent again. */
  selectText(): void {
    this.clearWords()
    this.field.focus()
    if (this.#kind !== 'file') this.field.select()
  }

  /** Says what becomes of the message. */
  say(words: string): void {
    this.clearWords()
    this.#hasWords = true
    this.#note.textContent = words
    // The field that the words belong to has the focus already, so that they would not be read.
    this.#announcer.say(words)
  }

  showProblem(problem: string, field: HTMLElement = this.field): void {
    this.say(problem)
    this.#invalid = field
    this.#note.setAttribute('data-bad', '')
    field.setAttribute('aria-invalid', 'true')
    field.focus()
  }

  /** Says what would come of it, and sends only when it is asked for again. */
  askAgain(consequence: string): void {
    this.showProblem(consequence)
    this.#isAsking = true
    this.#send.textContent = 'Send anyway'
  }

  clearWords(): void {
    this.#invalid?.removeAttribute('aria-invalid')
    this.#invalid = undefined
    this.#note.removeAttribute('data-bad')
    this.#hasWords = false
    if (this.#isAsking) this.#send.textContent = 'Send'
    this.#isAsking = false
    this.#showHint()
  }

  #showHint(): void {
    const { hint } = WORDS[this.#kind]
    // Two lines at most, on a phone too, so that nothing moves when another one takes its place.
    const words = this.#enter === 'sends' || this.#kind === 'file' ? hint : ENTER[this.#enter]
    if (this.#note.textContent !== words) this.#note.textContent = words
  }

  #choose(kind: Kind): void {
    this.#kind = kind
    for (const other of KINDS) this.#fields[other].hidden = other !== kind
    this.#times.hidden = kind !== 'burst'
    this.#label.htmlFor = this.field.id
    this.#label.textContent = WORDS[kind].label
    this.clearWords()
  }

  /** Enter sends, as in a field of one line. Shift+Enter breaks the line, and the field grows. */
  #actAsLine(field: HTMLTextAreaElement): void {
    const grow = () => {
      field.rows = Math.min(field.value.split('\n').length, MOST_LINES)
    }
    field.addEventListener('input', grow)
    grow()
    field.addEventListener('keydown', (event) => {
      // An Enter that chooses a word of an input method is not meant for the form.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      // The Enter that connected is often still held down when the focus arrives here.
      if (!event.repeat && !this.#send.disabled) this.#form.requestSubmit()
    })
  }

  /** The messages as the form stands; `undefined` when something is wrong with it. */
  async #read(): Promise<readonly Message[] | undefined> {
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
    const file = this.#fields.file.files?.[0]
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
