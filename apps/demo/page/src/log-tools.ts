import { element } from './element.ts'
import type { LogPart } from './log-entry.ts'
import type { LogFilter } from './log-model.ts'

/** What the tools ask of the log. */
export interface LogActions {
  filter(filter: LogFilter): void
  copy(): Promise<void>
  clear(): void
}

const WORDS_STAY = 2_000

/** Filter, Copy and Clear, above the log. */
export class LogTools {
  readonly #text = element('log-filter', HTMLInputElement)
  readonly #parts: readonly (readonly [LogPart, HTMLInputElement])[] = [
    ['messages', element('show-messages', HTMLInputElement)],
    ['connection', element('show-connection', HTMLInputElement)],
    ['heartbeats', element('show-heartbeats', HTMLInputElement)],
  ]
  readonly #copy = element('log-copy', HTMLButtonElement)
  readonly #clear = element('log-clear', HTMLButtonElement)
  readonly #empty = element('log-empty', HTMLElement)
  readonly #hint = this.#empty.textContent

  readonly #toggle = element('log-tools-toggle', HTMLButtonElement)

  constructor({ filter, copy, clear }: LogActions) {
    for (const input of [this.#text, ...this.#parts.map(([, box]) => box)]) {
      input.addEventListener('input', () => filter(this.filter))
    }
    this.#copy.addEventListener('click', () => {
      // Also where there is no clipboard at all, as on a page that came over plain http from afar.
      Promise.resolve()
        .then(copy)
        .then(
          () => this.#say('Copied'),
          () => this.#say('Refused'),
        )
    })
    this.#clear.addEventListener('click', clear)
    // Seen where there is too little room for the tools.
    this.#toggle.addEventListener('click', () => {
      const isExpanded = this.#toggle.getAttribute('aria-expanded') === 'true'
      this.#toggle.setAttribute('aria-expanded', String(!isExpanded))
    })
  }

  /** What the person asks for now; a browser may have kept it from before a reload. */
  get filter(): LogFilter {
    const parts = this.#parts.filter(([, box]) => box.checked).map(([part]) => part)
    return { parts: new Set(parts), text: this.#text.value.trim() }
  }

  /** Allows what makes sense. */
  showCounts({ count, shown }: { count: number; shown: number }): void {
    this.#copy.disabled = shown === 0
    this.#clear.disabled = count === 0
    this.#empty.textContent = count === 0 ? this.#hint : 'No entry passes the filter.'
  }

  #say(words: string): void {
    this.#copy.textContent = words
    setTimeout(() => {
      this.#copy.textContent = 'Copy'
    }, WORDS_STAY)
  }
}
