import { count, quantity } from './figure.ts'
import type { LogEvent } from './log-entry.ts'
import { beginning } from './message-preview.ts'

const PAUSE = 600
const SPOKEN_ONE_BY_ONE = 3
const SPOKEN_LENGTH = 160

/**
 * Reads new log entries, and what a form has to say, aloud through a live region. The table itself is not live: a burst of
 * echoes would be spoken for minutes. Here a few are read in full, and more are only counted.
 */
export class Announcer {
  readonly #region: HTMLElement
  #sentences: string[] = []
  #count = 0

  constructor(region: HTMLElement) {
    this.#region = region
  }

  announce(event: LogEvent): void {
    const sentence = spoken(event)
    if (sentence !== undefined) this.say(sentence)
  }

  say(sentence: string): void {
    if (this.#count++ < SPOKEN_ONE_BY_ONE) this.#sentences.push(sentence)
    if (this.#count === 1) setTimeout(() => this.#flush(), PAUSE)
  }

  #flush(): void {
    const lines =
      this.#count > SPOKEN_ONE_BY_ONE ? [`${count(this.#count)} new entries`] : this.#sentences
    for (const line of lines) {
      const paragraph = document.createElement('p')
      paragraph.textContent = line
      this.#region.append(paragraph)
    }
    while (this.#region.childElementCount > SPOKEN_ONE_BY_ONE) {
      this.#region.firstElementChild?.remove()
    }
    this.#sentences = []
    this.#count = 0
  }
}

/** Opening and closing are spoken by the status already, and one knows what one sent. */
function spoken(event: LogEvent): string | undefined {
  if (event.kind === 'failed') return `Error: ${event.what}. ${event.hint}`
  if (event.kind === 'note') return event.what
  if (event.kind !== 'received') return undefined
  const { message } = event
  if (message.type === 'binary') return `Server: binary, ${quantity(message.length, 'byte')}`
  return `Server: ${message.length === 0 ? 'empty message' : beginning(message.text, SPOKEN_LENGTH)}`
}
