import { byteCount } from './bytes.ts'
import type { LogEntry } from './log-entry.ts'
import { beginning } from './text.ts'

const PAUSE = 600
const SPOKEN_ONE_BY_ONE = 3
const SPOKEN_LENGTH = 160

/**
 * Reads new log entries aloud through a live region. The table itself is not live: a burst of
 * echoes would be spoken for minutes. Here a few are read in full, and more are only counted.
 */
export class Announcer {
  readonly #region: HTMLElement
  #sentences: string[] = []
  #count = 0

  constructor(region: HTMLElement) {
    this.#region = region
  }

  announce(entry: LogEntry): void {
    const sentence = spoken(entry)
    if (sentence === undefined) return
    if (this.#count++ < SPOKEN_ONE_BY_ONE) this.#sentences.push(sentence)
    if (this.#count === 1) setTimeout(() => this.#flush(), PAUSE)
  }

  #flush(): void {
    const lines =
      this.#count > SPOKEN_ONE_BY_ONE
        ? [`${this.#count.toLocaleString('en')} new entries`]
        : this.#sentences
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
function spoken(entry: LogEntry): string | undefined {
  if (entry.kind === 'failed') return `Error: ${entry.what}`
  if (entry.kind !== 'received') return undefined
  if (typeof entry.data !== 'string') return `Server: binary, ${byteCount(entry.data.byteLength)}`
  return `Server: ${entry.data === '' ? 'empty message' : beginning(entry.data, SPOKEN_LENGTH)}`
}
